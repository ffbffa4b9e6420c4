/** Attributes of an element; numbers are rounded to a tenth of a pixel. */
export type Attributes = Readonly<Record<string, string | number>>;

/** An element of SVG with what is in it, which is markup already. */
export function element(name: string, attributes: Attributes, content = ''): string {
  const told = Object.entries(attributes).map(([key, value]) => ` ${key}="${valueText(value)}"`);
  return `<${name}${told.join('')}>${content}</${name}>`;
}

/** Text as markup. */
export function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

function valueText(value: string | number): string {
  return typeof value === 'number' ? String(Math.round(value * 10) / 10) : escaped(value);
}
