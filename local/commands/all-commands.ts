import type { Command } from '../base/command.ts';
import { account } from './account.ts';
import { demo } from './demo.ts';
import { fleet } from './fleet.ts';
import { createGenerate } from './generate.ts';
import { pictures } from './pictures.ts';
import { simulate } from './simulate.ts';

/** In the order in which a newcomer needs them. */
export const commands: Command[] = [demo, account, fleet, simulate, createGenerate(() => commands), pictures];
