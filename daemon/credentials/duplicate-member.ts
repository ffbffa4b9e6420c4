const TOKEN = /"[^"\\]*(?:\\.[^"\\]*)*"|[{}[\],:]/g;

/** True when an object anywhere in well-formed JSON has a member twice, of which `JSON.parse` silently takes the last. */
export function hasDuplicateMember(json: string): boolean {
  const open: (Set<string> | undefined)[] = [];
  let name = '';
  for (const [token] of json.matchAll(TOKEN)) {
    if (token === '{') open.push(new Set());
    else if (token === '[') open.push(undefined);
    else if (token === '}' || token === ']') open.pop();
    else if (token.startsWith('"')) name = JSON.parse(token) as string;
    else if (token === ':') {
      const members = open.at(-1);
      if (members?.has(name) === true) return true;
      members?.add(name);
    }
  }
  return false;
}
