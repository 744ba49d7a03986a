import * as z from 'zod';
import { executionInputSchema } from '../../../../functions/domain/listing/execution-input.ts';
import { parsePlainly, sentencesOf } from '../../../../functions/domain/model/plain-words.ts';

const explain = (schema: z.ZodType, value: unknown): string[] => {
  const { error } = parsePlainly(schema, value);
  if (error === undefined) throw new Error('it fits');
  return sentencesOf(error);
};

const words = 'give "i-" and digits';

describe('what fits', () => {
  it('is what the schema makes of it', () => {
    expect(parsePlainly(z.strictObject({ name: z.string().default('web') }), {}).data).toEqual({ name: 'web' });
  });
});

describe('what does not fit is told as what to give', () => {
  it.each<[string, z.ZodType, unknown, string]>([
    ['a text', z.string(), 7, 'give a text'],
    ['a short text', z.string().min(1).max(300), '', 'give a text of 1 to 300 characters'],
    ['a text that is missing', z.string().max(3), undefined, 'give a text of at most 3 characters'],
    ['a pattern', z.string().regex(/^a+$/), 'b', 'give a text that matches /^a+$/'],
    ['a pattern with words', z.string().regex(/^i-\d+$/, words), 'b', words],
    ['a pattern with words where nothing is', z.string().regex(/^i-\d+$/, words), undefined, words],
    ['a time', z.iso.datetime(), 'noon', 'give a time in UTC, such as 2026-12-06T06:00:00Z'],
    ['a time that is no text', z.iso.datetime().optional(), 7, 'give a time in UTC, such as 2026-12-06T06:00:00Z'],
    ['a number', z.number(), '7', 'give a number'],
    ['a number below', z.number().min(0.5).max(9), 0, 'give a number from 0.5 to 9'],
    ['a whole number', z.int().min(0), 1.5, 'give a whole number of at least 0'],
    ['a whole number above', z.int().min(0).max(9), 10, 'give a whole number from 0 to 9'],
    ['a boolean', z.boolean(), 'yes', 'give true or false'],
    ['a list', z.array(z.string()), {}, 'give a list'],
    ['an empty list', z.array(z.string()).min(1).max(20), [], 'give a list of 1 to 20'],
    ['a list with words', z.array(z.string(), 'give names').min(1), [], 'give names'],
    ['one of some', z.enum(['running', 'stopped', 'gone']), 'x', 'give "running", "stopped" or "gone"'],
    ['the only one', z.literal('latest'), 'x', 'give "latest"'],
    ['one of two kinds', z.union([z.boolean(), z.int()]), 'x', 'give true or false or a whole number'],
    ['one that may be null', z.array(z.string().nullable()), [7], '[0]: give a text'],
    ['an object', z.strictObject({ a: z.string(), b: z.int() }), [], 'give an object with a and b'],
    ['a record', z.record(z.string(), z.int()), 7, 'give an object'],
    ['what can not be described', z.date(), 7, 'give another value'],
    [
      'a field that is unknown',
      z.strictObject({ a: z.int().optional() }),
      { c: 1 },
      'only a can be given here, not "c"',
    ],
    [
      'several such fields',
      z.strictObject({ in: z.strictObject({ a: z.int().optional(), b: z.int().optional() }) }),
      { in: { c: 1, d: 2, e: 3 } },
      'in: only a and b can be given here, not "c", "d" and "e"',
    ],
  ])('%s', (_, schema, value, sentence) => {
    expect(explain(schema, value)).toEqual([sentence]);
  });

  it('all of it, each with its place', () => {
    const schema = z.strictObject({
      groups: z.array(z.strictObject({ name: z.string().min(1).max(9) })),
      seed: z.int(),
    });
    expect(explain(schema, { groups: [{ name: 'dev' }, { name: '' }], seed: 'x' })).toEqual([
      'groups[1].name: give a text of 1 to 9 characters',
      'seed: give a whole number',
    ]);
  });

  it('in the input of an execution', () => {
    expect(
      explain(executionInputSchema, { groups: 'dev', targetVersion: 3, dryRun: 'yes', finishBy: 'noon', by: 'me' }),
    ).toEqual([
      'groups: give a list of 1 to 20 names',
      'targetVersion: give "latest" or four numbers with dots between them, such as "3.3.551.0"',
      'dryRun: give true or false',
      'finishBy: give a time with its offset, such as 2026-12-06T06:00:00+09:00, or a local time, such as 06:00',
      'only groups, instances, targetVersion, dryRun, allowEmpty, finishBy and scheduledTime can be given here, not "by"',
    ]);
    expect(explain(executionInputSchema, { groups: ['dev', 'dev'] })).toEqual(['groups: give each group once']);
    expect(explain(executionInputSchema, { groups: [] })).toEqual(['groups: give a list of 1 to 20 names']);
  });
});
