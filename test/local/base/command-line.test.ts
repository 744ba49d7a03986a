import * as z from 'zod';
import { BadInput } from '../../../local/base/bad-input.ts';
import { exitCodeOf, parseFlags, wholeNumber } from '../../../local/base/command-line.ts';

const USAGE = 'how to call it';

const schema = z.strictObject({
  file: z.string().optional(),
  count: wholeNumber(1, 9).default(3),
  group: z.array(z.string()).optional(),
  loud: z.boolean().default(false),
});
const withRest = schema.extend({ rest: z.array(z.string()) });

describe('flags', () => {
  it('are what the schema makes of them', () => {
    const args = ['--file', 'a.json', '--count', '7', '--group', 'dev', '--group', 'prod', '--loud'];
    expect(parseFlags(schema, args, USAGE)).toEqual({ file: 'a.json', count: 7, group: ['dev', 'prod'], loud: true });
    expect(parseFlags(schema, [], USAGE)).toEqual({ count: 3, loud: false });
  });

  it('stand beside other arguments, if the schema has room for them', () => {
    expect(parseFlags(withRest, ['one', '--loud', 'two'], USAGE)).toEqual({
      count: 3,
      loud: true,
      rest: ['one', 'two'],
    });
    expect(parseFlags(withRest, [], USAGE)).toMatchObject({ rest: [] });
  });

  it.each([
    ['an unknown one', ['--fast'], "Unknown option '--fast'"],
    ['one without its value', ['--file'], "Option '--file <value>' argument missing"],
    ['a value that is not allowed', ['--count', '10'], 'expected a whole number from 1 to 9\n  → at count'],
    ['an argument that is no flag', ['one'], "Unexpected argument 'one'"],
    ['a value for one that takes none', ['--loud=yes'], "Option '--loud' does not take an argument"],
  ])('%s is bad input: what is wrong, then the usage', (_, args, message) => {
    const parse = () => parseFlags(schema, args, USAGE);
    expect(parse).toThrow(BadInput);
    expect(parse).toThrow(message);
    expect(parse).toThrow(/\n\nhow to call it$/);
  });

  it('the room for other arguments is no flag itself', () => {
    expect(() => parseFlags(withRest, ['--rest', 'one'], USAGE)).toThrow("Unknown option '--rest'");
  });
});

describe('the exit code of a command', () => {
  const end = async (main: () => Promise<number>) => {
    const told: string[] = [];
    return { code: await exitCodeOf(main, (text) => told.push(text)), told };
  };

  it('is its own', async () => {
    expect(await end(async () => 3)).toEqual({ code: 3, told: [] });
  });

  it('is 2 for bad input, whose message is told', async () => {
    expect(await end(() => Promise.reject(new BadInput('no such file')))).toEqual({ code: 2, told: ['no such file'] });
  });

  it('is not made of what went wrong in the code', async () => {
    await expect(end(() => Promise.reject(new Error('a bug')))).rejects.toThrow('a bug');
  });
});
