import { readFileSync } from 'node:fs';

const page = readFileSync(new URL('../../../../docs/aws-behaviour.md', `file://${__filename}`), 'utf8');

/** The text of a fact of docs/aws-behaviour.md, by its number. @throws if there is none, or more than one */
export function fact(number: number): string {
  const found = page.split(new RegExp(`^\\*\\*${number}\\.\\*\\*`, 'm')).slice(1);
  const [text] = found;
  if (text === undefined || found.length > 1) throw new Error(`fact ${number} stands ${found.length} times`);
  return text.split(/^\*\*\d+\.\*\*/m)[0] ?? '';
}
