import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BadInput } from '../../../local/base/bad-input.ts';
import { readJsonFile } from '../../../local/base/read-json-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'reveille-json-'));
afterAll(() => rmSync(folder, { recursive: true }));

const file = (content: string): string => {
  const path = join(folder, 'a.json');
  writeFileSync(path, content);
  return path;
};

describe('a JSON file', () => {
  it('is read, also with a byte-order mark', () => {
    expect(readJsonFile(file('{"a": "ä"}'))).toEqual({ a: 'ä' });
    expect(readJsonFile(file('\uFEFF{"a": 1}'))).toEqual({ a: 1 });
  });

  it.each([
    ['missing', () => join(folder, 'nowhere.json'), 'nowhere.json does not exist'],
    ['a folder', () => folder, 'is a folder: give the path of a file'],
    ['below a file', () => `${file('{}')}/b.json`, 'can not be read: ENOTDIR'],
    ['empty', () => file(''), 'a.json is not JSON: '],
    ['of another kind', () => file('region: eu-central-1\n'), 'a.json is not JSON: '],
    ['of another kind, with orders to the terminal', () => file('\u001b[2J\n\u009b1m'), String.raw`\x1b[2J\x0a\x9b1m`],
    ['too large', () => file(' '.repeat(8 * 1024 * 1024 + 1)), 'is too large: at most 8 MB are read'],
    ['without an end', () => '/dev/zero', '/dev/zero is too large'],
    [
      'called by an order to the terminal',
      () => join(folder, '\u001b[2J.json'),
      String.raw`\x1b[2J.json does not exist`,
    ],
  ])('that is %s is refused in one line', (_, path, text) => {
    let message = '';
    try {
      readJsonFile(path());
    } catch (error) {
      expect(error).toBeInstanceOf(BadInput);
      message = (error as Error).message;
    }
    expect(message).toContain(text);
    expect(message).not.toMatch(/\p{C}/u);
  });
});
