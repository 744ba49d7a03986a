import fc from 'fast-check';
import { plainEnd, plainText } from '../../../../functions/domain/model/plain-text.ts';

const letters = fc.string({ unit: fc.constantFrom('a', ' ', '\n', 'ü', 'あ', '👍'), maxLength: 600 });

describe('a text in letters of more than one byte', () => {
  it.each([
    ['ü', 258],
    ['あ', 172],
    ['👍', 129],
  ])('has 520 bytes at most: of %s %d letters', (letter, count) => {
    const cut = plainText(letter.repeat(300));
    expect(Buffer.byteLength(cut)).toBeLessThanOrEqual(520);
    expect([...cut].filter((one) => one === letter)).toHaveLength(count);
    expect(cut.endsWith('…')).toBe(true);
  });

  it('is whole up to there', () => {
    expect(plainText('あ'.repeat(173))).toBe('あ'.repeat(173));
  });
});

describe('a text of which the end tells most', () => {
  it('is whole as long as it is short, in one line', () => {
    expect(plainEnd('Updating\n  No rollback needed\n')).toBe('Updating No rollback needed');
  });

  it('loses its beginning, and shows that it did', () => {
    expect(plainEnd(`${'a'.repeat(300)}${'b'.repeat(259)}`)).toBe(`…${'b'.repeat(259)}`);
    expect(plainEnd(`a${'👍'.repeat(300)}`)).toBe(`…${'👍'.repeat(129)}`);
  });

  it('keeps to both limits, whatever its letters', () => {
    fc.assert(
      fc.property(letters, (text) => {
        for (const cut of [plainEnd(text), plainText(text)]) {
          expect([...cut].length).toBeLessThanOrEqual(260);
          expect(Buffer.byteLength(cut)).toBeLessThanOrEqual(520);
          expect(cut.isWellFormed()).toBe(true);
        }
      }),
    );
  });
});
