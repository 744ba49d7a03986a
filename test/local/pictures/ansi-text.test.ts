import { type Piece, readAnsi } from '../../../local/pictures/ansi-text.ts';

const ESC = String.fromCharCode(27);
const plain: Piece = { text: '', colour: null, isBold: false, isDim: false };

describe('what a command prints', () => {
  it('is read as pieces that look the same, line by line', () => {
    expect(readAnsi(`${ESC}[32m✓${ESC}[39m kept\n${ESC}[2m8 min${ESC}[22m`)).toEqual([
      [
        { ...plain, text: '✓', colour: 'green' },
        { ...plain, text: ' kept' },
      ],
      [{ ...plain, text: '8 min', isDim: true }],
    ]);
  });

  it('may ask for several things at once, and take all of them back', () => {
    expect(readAnsi(`${ESC}[1;31mno${ESC}[0m yes`)).toEqual([
      [
        { ...plain, text: 'no', colour: 'red', isBold: true },
        { ...plain, text: ' yes' },
      ],
    ]);
  });

  it('keeps its colour over the end of a line', () => {
    expect(readAnsi(`${ESC}[1mone\ntwo${ESC}[22m`)).toEqual([
      [{ ...plain, text: 'one', isBold: true }],
      [{ ...plain, text: 'two', isBold: true }],
    ]);
  });

  it.each([
    ['a style that is not drawn', `${ESC}[4munderlined`, 'no style of the code 4'],
    ['a colour out of 256', `${ESC}[38;5;208morange`, 'no style of the code 38'],
    ['an order to the cursor', `${ESC}[2Jgone`, 'no control character "\\u001b"'],
    ['a tab, whose width hangs on where it stands', 'a\tb', 'no control character "\\t"'],
  ])('is refused for %s: it would be missing in the picture', (_, text, message) => {
    expect(() => readAnsi(text)).toThrow(message);
  });
});
