import { cutTo, foldParts, padTo, widthOf } from '../../../local/base/text-columns.ts';

it('Japanese letters take two columns, colours none', () => {
  expect(widthOf('データ')).toBe(6);
  expect(widthOf('\u001b[31mred\u001b[39m')).toBe(3);
  expect([padTo('web', 8), padTo('データ', 8)].map((text) => `${text}|`)).toEqual(['web     |', 'データ  |']);
  expect(padTo('longer', 3)).toBe('longer');
});

it('a text that does not fit is cut, and says so', () => {
  expect(cutTo('web-1', 5)).toBe('web-1');
  expect(cutTo('web-01', 5)).toBe('web-…');
  expect(cutTo('データベース', 6)).toBe('デー…');
});

it('parts are put into lines, and none is divided', () => {
  expect(foldParts(['one two', 'three', 'a part that is far too long', 'end'], 13)).toEqual([
    'one two three',
    'a part that is far too long',
    'end',
  ]);
  expect(foldParts(['a', 'b'], 4, ', ')).toEqual(['a, b']);
  expect(foldParts([], 10)).toEqual([]);
});
