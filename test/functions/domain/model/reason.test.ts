import fc from 'fast-check';
import { boundedText, plainText } from '../../../../functions/domain/model/plain-text.ts';
import {
  exclusion,
  failsRun,
  isBenignExclusion,
  reason,
  reasonSchema,
  retold,
} from '../../../../functions/domain/model/reason.ts';
import { type ExclusionCode, exclusions, handovers, remarks } from '../../../../functions/domain/model/reason-codes.ts';

const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 500 }),
  fc.string({
    unit: fc.constantFrom('a', ' ', '\n', '\r', '\t', '\u0000', '\u001b', '\u0085', '\u2028', '\u202e'),
    maxLength: 500,
  }),
);

describe('a text that is not ours', () => {
  it.each([
    ['first\nsecond\r\nthird', 'first second third'],
    ['\u001b[31mred\u001b[0m', '[31mred [0m'],
    ['  padded\t\ttext  ', 'padded text'],
    ['right\u202eleft', 'right left'],
    ['\u0000', ''],
    ['Zugriff verweigert: größer 👍', 'Zugriff verweigert: größer 👍'],
  ])('%j becomes %j', (text, plain) => {
    expect(plainText(text)).toBe(plain);
  });

  it('of 260 characters stays whole', () => {
    expect(plainText('x'.repeat(260))).toBe('x'.repeat(260));
  });

  it('of more is cut, and shows that it was', () => {
    expect(plainText('x'.repeat(261))).toBe(`${'x'.repeat(259)}…`);
  });

  it('never brings a control character or a line break along, and never more than 260 characters', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(plainText(text)).not.toMatch(/[\p{Cc}\p{Cf}\u2028\u2029]/u);
        expect(plainText(text).length).toBeLessThanOrEqual(260);
      }),
    );
  });

  it('is plain once it was made plain', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 400 }), (text) => {
        expect(plainText(plainText(text))).toBe(plainText(text));
      }),
    );
  });

  it('is made plain in every reason', () => {
    expect(reason('start-refused', 'no\nroom')).toEqual({ code: 'start-refused', text: 'no room' });
    expect(exclusion('spot', 'a\u0007b')).toEqual({ code: 'spot', text: 'a b' });
    expect(retold(reason('spot', 'a'), 'a\nb')).toEqual({ code: 'spot', text: 'a b' });
  });
});

describe('a bounded text', () => {
  it.each([
    ['whole', 5, '…', 'whole'],
    ['longer', 5, '…', 'long…'],
    ['longer', 5, '', 'longe'],
    ['much longer', 8, ' (cut)', 'mu (cut)'],
    ['👍👍👍👍', 3, '…', '👍👍…'],
  ])('%j of at most %d characters, marked with %j, is %j', (text, max, mark, bounded) => {
    expect(boundedText(text, max, mark)).toBe(bounded);
  });
});

describe('a reason that was stored', () => {
  it('is read whatever its code: a run that an older version began must still be able to restore', () => {
    const old = { code: 'of-an-older-version', text: 'why' };
    expect(reasonSchema.parse(old)).toEqual(old);
    expect(retold(old, 'why, and more')).toEqual({ code: 'of-an-older-version', text: 'why, and more' });
  });

  it.each(['restarted-by-others', 'lease-removed', 'hibernation-lost'])(
    'fails its run for %s, whatever the outcome',
    (code) => {
      expect(failsRun({ code, text: '' })).toBe(true);
    },
  );

  it('fails its run for no other code, nor for one that is unknown', () => {
    const harmless = [...Object.keys(handovers), ...Object.keys(remarks), 'spot', 'booting', 'agent-lost', 'toString'];
    expect(harmless.filter((code) => failsRun({ code, text: '' }))).toEqual([
      'restarted-by-others',
      'left-awake',
      'lease-removed',
      'hibernation-lost',
    ]);
  });
});

describe('an exclusion', () => {
  it.each<ExclusionCode>([
    'auto-scaling',
    'instance-store',
    'managed-by-others',
    'not-found',
    'opted-out',
    'not-an-instance',
    'spot',
    'spot-interrupted',
    'stop-protected',
    'terminated',
  ])('for %s is structural or chosen, and leaves a run successful', (code) => {
    expect(isBenignExclusion(code)).toBe(true);
  });

  it('for still settling would hide a failure', () => {
    expect(isBenignExclusion('still-in-transition')).toBe(false);
  });

  it.each(['', 'in-transition', 'Spot', 'constructor', 'toString', '__proto__'])(
    'for the unknown %j is never benign',
    (code) => {
      expect(isBenignExclusion(code)).not.toBe(true);
    },
  );

  it('is benign for no code that is not listed', () => {
    fc.assert(
      fc.property(fc.string(), (code) => {
        fc.pre(!Object.hasOwn(exclusions, code));
        expect(isBenignExclusion(code)).not.toBe(true);
      }),
    );
  });
});
