import { printable } from '../../../local/base/printable.ts';
import { UNPRINTABLE, UNTRUSTED_TEXTS } from '../../support/untrusted.ts';

describe('a text from outside', () => {
  it.each([
    ['an order to the terminal', 'web\u001b[2J\u001b[31m', String.raw`web\x1b[2J\x1b[31m`],
    ['such an order in one character', 'web\u009b1m', String.raw`web\x9b1m`],
    ['a line that is not its own', 'web\r\nheld', String.raw`web\x0d\x0aheld`],
    ['a turned direction', 'web\u202egnp.\u2066', String.raw`web\u202egnp.\u2066`],
    ['another line break', 'a\u2028b\u0085c', String.raw`a\u2028b\x85c`],
    ['half a character', 'a\ud800', String.raw`a\ud800`],
    ['an invisible tag', 'a\u{e0041}', String.raw`a\u{e0041}`],
  ])('shows %s, and does not follow it', (_, text, shown) => {
    expect(printable(text)).toBe(shown);
  });

  it('stays as it is in any script', () => {
    for (const text of ['web-1', 'Größe 3 · ✓', 'データベース', 'خادم', '🚀', '\\x1b'])
      expect(printable(text)).toBe(text);
  });

  it('never shows what can not be seen', () => {
    for (const text of UNTRUSTED_TEXTS) expect(printable(text)).not.toMatch(UNPRINTABLE);
  });
});
