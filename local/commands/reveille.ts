import { runProgram } from '../base/program.ts';
import { commands } from './all-commands.ts';
import { openTerminal } from './open-terminal.ts';

process.exitCode = await runProgram(commands, process.argv.slice(2), openTerminal(process));
