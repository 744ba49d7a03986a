import { Command as Commander, type CommanderError, Option } from 'commander';
import * as z from 'zod';
import { parsePlainly } from '../../functions/domain/model/plain-words.ts';
import { BadInput } from './bad-input.ts';
import type { Command, Terminal } from './command.ts';
import { exitCodeOf } from './command-line.ts';
import { ENDED_BY_SIGNAL, EXIT, exitCodes } from './exit-codes.ts';

/** As it is typed in a clone. */
const PROGRAM = 'npx reveille';

/** How wide help is at the most. */
const COLUMNS_MAX = 110;

type Act = (command: Command, given: Record<string, unknown>) => Promise<void>;

/**
 * Runs the command that is named first. Commander reads the flags, and the command's own schema judges their values.
 * @returns the exit code; bad input was told on standard error then
 */
export const runProgram = (commands: Command[], args: string[], terminal: Terminal): Promise<number> =>
  exitCodeOf(async () => {
    if (args.length === 0) throw new BadInput(helpOf(commands, null).trimEnd());
    let code: number = EXIT.ok;
    const program = createProgram(commands, terminal, async (command, given) => {
      code = await command.run(judge(command, given), terminal);
    });
    await program.parseAsync(args, { from: 'user' }).catch((error: Error) => {
      if (!(error instanceof Answered)) throw error;
    });
    return code;
  }, terminal.error);

/** What `--help` prints of the program (null), or of one of its commands. */
export function helpOf(commands: Command[], name: string | null): string {
  let text = '';
  const out = (part: string) => {
    text += `${part}\n`;
  };
  const program = createProgram(commands, { columns: COLUMNS_MAX, out }, async () => undefined);
  (program.commands.find((command) => command.name() === name) ?? program).outputHelp();
  return text;
}

/** Ends the reading of arguments, after the help that they asked for. */
class Answered extends Error {}

function createProgram(commands: Command[], terminal: Pick<Terminal, 'columns' | 'out'>, act: Act): Commander {
  const columns = Math.min(terminal.columns ?? COLUMNS_MAX, COLUMNS_MAX);
  const program = new Commander(PROGRAM)
    .usage('<command> [flags]')
    .description('Reveille on an embedded AWS account, on this machine. Nothing here calls AWS.')
    .configureOutput({
      writeOut: (text) => terminal.out(text.replace(/\n$/, '')),
      // Mistakes are told by those who catch them.
      writeErr: () => undefined,
      outputError: () => undefined,
      getOutHelpWidth: () => columns,
      getOutHasColors: () => false,
    })
    .configureHelp({ subcommandTerm: (command) => command.name() })
    .optionsGroup('Flags:')
    .helpOption('-h, --help', 'prints this')
    .helpCommand('help [command]', 'prints the flags and examples of a command')
    .exitOverride((error) => refuse(error, null))
    .addHelpText('after', ({ command }) => list('Exit codes', exitRows, command, columns))
    .addHelpText('after', ({ command }) => `\n${command.createHelp().boxWrap(BESIDES, columns)}`);
  for (const command of commands) addCommand(program, command, columns, act);
  return program;
}

const exitRows = exitCodes.map(({ code, means }): [string, string] => [String(code), means]);

const BESIDES = `${ENDED_BY_SIGNAL}\n\nnpm run demo -- FLAGS is ${PROGRAM} demo FLAGS, and so for each command.`;

function addCommand(program: Commander, command: Command, columns: number, act: Act): void {
  const { name, says, notes, examples, flags } = command;
  const added = program
    .command(name)
    .summary(says)
    .description(`${says[0]?.toUpperCase()}${says.slice(1)}.${notes === undefined ? '' : ` ${notes}`}`)
    .usage('[flags]')
    .optionsGroup('Flags:')
    .helpOption('-h, --help', 'prints this')
    .exitOverride((error) => refuse(error, name))
    .addHelpText('after', ({ command: shown }) => list('Examples', examples, shown, columns));
  const options = Object.entries(flags.shape).map(([flag, type]) => optionOf(flag, type as z.ZodType));
  for (const option of options) added.addOption(option);
  const given = () => options.map((one) => [one.name(), added.getOptionValue(one.attributeName())]);
  added.action(() => act(command, Object.fromEntries(given())));
}

/** A titled list, as commander prints its own. */
function list(title: string, rows: readonly [string, string][], command: Commander, columns: number): string {
  const help = command.createHelp();
  help.prepareContext({ helpWidth: columns });
  const width = Math.max(...rows.map(([term]) => term.length));
  return ['', `${title}:`, ...rows.map(([term, text]) => help.formatItem(term, width, text, help))].join('\n');
}

/** How commander has to read a flag. */
function optionOf(name: string, type: z.ZodType): Option {
  const { description = '', value } = type.meta() ?? {};
  const { type: kind, initial } = unwrap(type);
  const after = typeof initial === 'number' && !description.includes('by default') ? `; ${initial} by default` : '';
  return new Option(
    `--${name}${kind instanceof z.ZodBoolean ? '' : ` ${argumentOf(String(value), kind)}`}`,
    `${description}${after}`,
  );
}

const argumentOf = (value: string, kind: z.core.$ZodType): string => {
  if (value.startsWith('[')) return value;
  return kind instanceof z.ZodArray ? `<${value}...>` : `<${value}>`;
};

/** The schema below what makes a flag one that can be left out, and its value then. */
function unwrap(type: z.core.$ZodType): { type: z.core.$ZodType; initial: unknown } {
  if (type instanceof z.ZodDefault) return { type: unwrap(type.unwrap()).type, initial: type.def.defaultValue };
  if (type instanceof z.ZodOptional || type instanceof z.ZodNullable) return unwrap(type.unwrap());
  return { type, initial: undefined };
}

/** @throws BadInput naming each flag that is wrong, and what to give */
function judge(command: Command, given: Record<string, unknown>): Record<string, unknown> {
  const { name, flags } = command;
  const known = Object.keys(flags.shape).map((flag) => `--${flag}`);
  const [flag] = Object.entries(given).find(([, value]) => known.includes(String(value))) ?? [];
  if (flag !== undefined) throw new BadInput(`--${flag}: give a value, and not the next flag${seeHelp(name)}`);
  const parsed = parsePlainly(flags, given);
  if (parsed.success) return parsed.data;
  const wrong = parsed.error.issues.map(({ path: [first], message }) =>
    first === undefined ? message : `--${String(first)}: ${message}`,
  );
  throw new BadInput(`${[...new Set(wrong)].join('; ')}${seeHelp(name)}`);
}

const seeHelp = (name: string | null): string =>
  `; see ${[PROGRAM, ...(name === null ? [] : [name]), '--help'].join(' ')}`;

/** @throws BadInput in one line, if commander has not just printed what was asked for */
function refuse({ exitCode, code, message }: CommanderError, name: string | null): never {
  if (exitCode === 0) throw new Answered();
  if (code === 'commander.help') throw new BadInput(`there is no such command${seeHelp(name)}`);
  const text = message
    .replace(/^error: /, '')
    .replace(/^option '(.*)' argument missing$/, 'give a value: $1')
    .replace(/^unknown option/, 'unknown flag')
    .replace(/^too many arguments.*: (.*)\.$/s, 'this command takes flags only, not: $1')
    .replace(/\s*\n\s*/g, ' ');
  throw new BadInput(`${text}${seeHelp(name)}`);
}
