export type XmlValue = string | number | boolean | null | undefined | XmlValue[] | { [name: string]: XmlValue };

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&apos;' };

// biome-ignore lint/suspicious/noControlCharactersInRegex: XML 1.0 has no way to write them
const FORBIDDEN = /[\u0000-\u0008\u000b\u000c\u000e-\u001f]/g;

const escapeText = (text: string): string =>
  text.replace(FORBIDDEN, '').replace(/[&<>"']/g, (char) => ENTITIES[char] ?? char);

/**
 * An element with its content. A list is one element with a child for each item; a missing value is no element.
 * @param itemName what a list's children are called: `item` in EC2, `member` in the other query services
 */
export function element(name: string, value: XmlValue, itemName = 'item', attributes = ''): string {
  if (value === null || value === undefined) return '';
  let content: string;
  if (Array.isArray(value)) content = value.map((item) => element(itemName, item, itemName)).join('');
  else if (typeof value === 'object') {
    content = Object.entries(value)
      .map(([child, inner]) => element(child, inner, itemName))
      .join('');
  } else content = escapeText(String(value));
  return `<${name}${attributes}>${content}</${name}>`;
}

export const document = (root: string): Buffer => Buffer.from(`<?xml version="1.0" encoding="UTF-8"?>\n${root}`);
