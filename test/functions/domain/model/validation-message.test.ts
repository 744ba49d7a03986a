import * as z from 'zod';
import { parsePlainly } from '../../../../functions/domain/model/plain-words.ts';
import { validationMessage } from '../../../../functions/domain/model/validation-message.ts';

const explain = (value: unknown, schema: z.ZodType = z.strictObject({ groups: z.array(z.string()).optional() })) => {
  const { error } = parsePlainly(schema, value);
  if (error === undefined) throw new Error('it fits');
  return validationMessage(error);
};
/** One with just so many characters, counted with the words around its name. */
const AROUND = 'only groups can be given here, not ""';
const withLength = (length: number, character = 'x') => explain({ [character.repeat(length - AROUND.length)]: 1 });

describe('what does not fit', () => {
  it('is told by field, line by line', () => {
    expect(explain({ groups: ['dev', 7, null] })).toBe('groups[1]: give a text\ngroups[2]: give a text');
    expect(explain({ groups: [7] })).toBe('groups[0]: give a text');
  });

  it('has no control characters, and no line that a field has brought', () => {
    expect(explain({ 'a\nb': 1 })).toBe('only groups can be given here, not "a?b"');
    expect(explain({ 'a\u001b\u202E\tb': 1 })).toBe('only groups can be given here, not "a???b"');
  });

  it('is told whole up to 1,000 characters, and cut beyond', () => {
    expect(withLength(1000)).toMatch(/^only groups can be given here, not "x+"$/);
    expect(withLength(1000)).toHaveLength(1000);
    expect(withLength(1001)).toMatch(/^only groups can be given here, not "x+…$/);
    expect(withLength(1001)).toHaveLength(1000);
    expect(withLength(100_000)).toHaveLength(1000);
  });

  it('is cut between characters, not in one', () => {
    const told = withLength(5000, '🙂');
    expect([...told]).toHaveLength(1000);
    expect(told).toMatch(/^only groups can be given here, not "(🙂)+…$/u);
  });
});
