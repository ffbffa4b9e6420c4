/** Sum of the samples called `name` in the Prometheus text format, over all labels. */
export function totalOf(text: string, name: string): number {
  return text.split('\n').reduce((sum, line) => {
    const [, found, value] = /^([\w:]+)(?:\{.*\})? (\S+)/.exec(line) ?? [];
    return found === name ? sum + Number(value) : sum;
  }, 0);
}
