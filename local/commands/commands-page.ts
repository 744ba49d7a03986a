import type { Command } from '../base/command.ts';
import { ENDED_BY_SIGNAL, exitCodes } from '../base/exit-codes.ts';
import { helpOf } from '../base/program.ts';

export const COMMANDS_PAGE = 'docs/commands.md';

/** The page of all commands: their help, word by word, and how they end. */
export const commandsPage = (commands: Command[]): string =>
  [
    '# The program',
    '',
    'All commands are one program, `reveille`. This page is made from the code by `npm run generate`: it is what the program prints of itself.',
    '',
    '## How a command ends',
    '',
    '| exit code | what it means |',
    '| --- | --- |',
    ...exitCodes.map(({ code, means }) => `| ${code} | ${means} |`),
    '',
    ENDED_BY_SIGNAL,
    ...[null, ...commands.map(({ name }) => name)].flatMap((name) => [
      '',
      `## ${name ?? 'reveille'}`,
      '',
      '```text',
      helpOf(commands, name).trimEnd(),
      '```',
    ]),
    '',
  ].join('\n');
