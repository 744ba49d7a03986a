import * as z from 'zod';
import { defineCommand, filePath, flag, wholeNumber } from '../../../local/base/command.ts';
import { exitCodes } from '../../../local/base/exit-codes.ts';
import { helpOf } from '../../../local/base/program.ts';
import { typeIn } from '../../support/terminal.ts';

const wake = defineCommand({
  name: 'wake',
  says: 'wakes what sleeps',
  notes: 'It takes a while.',
  flags: z
    .strictObject({
      file: flag(filePath().optional(), 'who sleeps', 'FILE'),
      count: flag(wholeNumber(1, 9).default(3), 'how many'),
      group: flag(z.array(z.string()).optional(), 'of which groups', 'NAME'),
      bug: flag(z.union([z.boolean(), z.string()]).default(false), 'with a bug', '[NAME]'),
      loud: flag(z.boolean().default(false), 'so that all hear it'),
      soft: flag(z.boolean().default(false), 'so that none does'),
    })
    .refine(({ loud, soft }) => !(loud && soft), { path: ['loud'], error: 'give it without --soft' }),
  examples: [['npx reveille wake --loud', 'all of them']],
  run: async (flags, { out }) => {
    out(JSON.stringify(flags));
    return flags.count;
  },
});
const fail = defineCommand({
  name: 'fail',
  says: 'fails',
  flags: z.strictObject({}),
  examples: [],
  run: () => Promise.reject(new Error('a bug')),
});
const type = (...args: string[]) => typeIn('/', [wake, fail], args);
const flagsOf = async (...args: string[]) => JSON.parse((await type('wake', ...args)).out);

describe('the flags of a command', () => {
  const initial = { count: 3, bug: false, loud: false, soft: false };

  it('are what its schema makes of them', async () => {
    expect(await flagsOf()).toEqual(initial);
    expect(await flagsOf('--file', 'a.json', '--count=7', '--loud')).toEqual({
      ...initial,
      file: 'a.json',
      count: 7,
      loud: true,
    });
  });

  it('may be given several times, if they are a list', async () => {
    expect(await flagsOf('--group', 'dev', '--group', 'prod')).toMatchObject({ group: ['dev', 'prod'] });
    expect(await flagsOf('--group', 'dev', 'prod', '--loud')).toMatchObject({ group: ['dev', 'prod'], loud: true });
  });

  it('may be given without a value, if it can be left out', async () => {
    expect(await flagsOf('--bug', '--loud')).toMatchObject({ bug: true, loud: true });
    expect(await flagsOf('--bug', 'late')).toMatchObject({ bug: 'late' });
  });

  it('lead to the exit code of the command', async () => {
    expect((await type('wake', '--count', '5')).code).toBe(5);
  });
});

describe('bad input is answered in one line, which says what to give and where to read on', () => {
  const line = (text: string, help = 'wake --help') => `${text}; see npx reveille ${help}`;
  const number = 'give a whole number from 1 to 9';

  it.each([
    ['an unknown command', ['wke'], line("unknown command 'wke' (Did you mean wake?)", '--help')],
    ['a command of which nothing is known', ['help', 'zzz'], line('there is no such command', '--help')],
    ['a flag before the command', ['--loud'], line("unknown flag '--loud'", '--help')],
    ['an unknown flag', ['wake', '--cuont', '3'], line("unknown flag '--cuont' (Did you mean --count?)")],
    ['a flag without its value', ['wake', '--file'], line('give a value: --file <FILE>')],
    [
      'a flag that is followed by the next',
      ['wake', '--file', '--loud'],
      line('--file: give a value, and not the next flag'),
    ],
    ['a value for a flag that takes none', ['wake', '--loud=yes'], line("unknown flag '--loud=yes'")],
    ['an empty path', ['wake', '--file', ''], line('--file: give the path of a file')],
    ['a number that is too large', ['wake', '--count', '10'], line(`--count: ${number}`)],
    ['a negative number', ['wake', '--count', '-1'], line(`--count: ${number}`)],
    ['a number in other words', ['wake', '--count', '1e0'], line(`--count: ${number}`)],
    ['no number at all', ['wake', '--count', ''], line(`--count: ${number}`)],
    [
      'an argument that is no flag',
      ['wake', 'web-1', 'web-2'],
      line('this command takes flags only, not: web-1, web-2'),
    ],
    ['flags that contradict each other', ['wake', '--loud', '--soft'], line('--loud: give it without --soft')],
    ['an order to the terminal', ['wake', '--\u001b[2J'], line(String.raw`unknown flag '--\x1b[2J'`)],
    [
      'two wrong flags',
      ['wake', '--count', 'x', '--file', ''],
      line(`--file: give the path of a file; --count: ${number}`),
    ],
  ])('%s', async (_, args, errors) => {
    expect(await type(...args)).toMatchObject({ code: 2, out: '', errors });
  });

  it('no command at all: the help, as an error', async () => {
    expect(await type()).toMatchObject({ code: 2, out: '', errors: helpOf([wake, fail], null).trimEnd() });
  });

  it('but a fault of our own is thrown', async () => {
    await expect(type('fail')).rejects.toThrow('a bug');
  });
});

describe('help', () => {
  it.each([[['--help']], [['-h']], [['help']]])('%j tells the commands and how they end', async (args) => {
    const { code, out, errors } = await type(...args);
    expect([code, errors]).toEqual([0, '']);
    expect(out).toMatch(/^ {2}wake {2,}wakes what sleeps$/m);
    for (const { code: exit, means } of exitCodes) {
      expect(out.replace(/\s+/g, ' ')).toContain(` ${exit} ${means}`);
    }
  });

  it.each([[['wake', '--help']], [['wake', '--count', 'x', '-h']], [['help', 'wake']]])(
    '%j tells the flags',
    async (args) => {
      const { code, out, errors } = await type(...args);
      expect([code, errors]).toEqual([0, '']);
      expect(out).toContain('Wakes what sleeps. It takes a while.');
      expect(out).toMatch(/^ {2}--count <N> {2,}how many; 3 by default$/m);
      expect(out).toMatch(/^ {2}--group <NAME\.\.\.> {2,}of which groups$/m);
      expect(out).toMatch(/^ {2}--bug \[NAME\] {2,}with a bug$/m);
      expect(out).toMatch(/^ {2}--loud {2,}so that all hear it$/m);
      expect(out).toMatch(/^Examples:\n {2}npx reveille wake --loud {2}all of them$/m);
    },
  );

  it('for the docs is the same on every machine', () => {
    expect(
      Math.max(
        ...helpOf([wake], null)
          .split('\n')
          .map((line) => line.length),
      ),
    ).toBeLessThanOrEqual(110);
    expect(helpOf([wake], 'wake')).toContain('--count <N>');
  });
});
