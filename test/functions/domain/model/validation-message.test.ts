import * as z from 'zod';
import { validationMessage } from '../../../../functions/domain/model/validation-message.ts';

const explain = (value: unknown, schema: z.ZodType = z.strictObject({ groups: z.array(z.string()).optional() })) => {
  const { error } = schema.safeParse(value);
  if (error === undefined) throw new Error('it fits');
  return validationMessage(error);
};
/** One with just so many characters, counted with the words around its name. */
const withLength = (length: number, character = 'x') =>
  explain({ [character.repeat(length - '✖ Unrecognized key: ""'.length)]: 1 });

describe('what does not fit', () => {
  it('is told by field, line by line', () => {
    expect(explain({ groups: [7] })).toBe('✖ Invalid input: expected string, received number\n  → at groups[0]');
  });

  it('has no control characters, but for the line breaks', () => {
    expect(explain({ 'a\u001b\u202E\tb': 1 })).toBe('✖ Unrecognized key: "a???b"');
  });

  it('is told whole up to 1,000 characters, and cut beyond', () => {
    expect(withLength(1000)).toMatch(/^✖ Unrecognized key: "x+"$/);
    expect(withLength(1000)).toHaveLength(1000);
    expect(withLength(1001)).toMatch(/^✖ Unrecognized key: "x+…$/);
    expect(withLength(1001)).toHaveLength(1000);
    expect(withLength(100_000)).toHaveLength(1000);
  });

  it('is cut between characters, not in one', () => {
    const told = withLength(5000, '🙂');
    expect([...told]).toHaveLength(1000);
    expect(told).toMatch(/^✖ Unrecognized key: "(🙂)+…$/u);
  });
});
