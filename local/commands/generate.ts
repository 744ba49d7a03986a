import { readFileSync, writeFileSync } from 'node:fs';
import * as z from 'zod';
import { type Command, defineCommand, type Terminal } from '../base/command.ts';
import { EXIT } from '../base/exit-codes.ts';
import { COMMANDS_PAGE, commandsPage } from './commands-page.ts';

const ENVIRONMENT = 'events/env.json';

const STATE_MACHINE = 'statemachine/update-agents.asl.json';

const read = (path: string) =>
  readFileSync(new URL(`../../${path}`, import.meta.url), { encoding: 'utf8', flag: 'a+' });

/** @param commands all of them, for their page: this one as well */
export const createGenerate = (commands: () => Command[]) =>
  defineCommand({
    name: 'generate',
    says: 'writes anew what is made from the code: the state machine, schemas, pages and tables of the docs, sample variables, the script and styles of the report page',
    flags: z.strictObject({}),
    examples: [['npx reveille generate', 'and says of each file whether it was up to date']],
    run: (_, terminal) => generate(commands(), terminal),
  });

/** The tables come last: the runs that they are counted from play the state machine's file. */
async function generate(commands: Command[], { out }: Terminal): Promise<number> {
  const { samLocalVariables } = await import('../bundles/sam-variables.ts');
  const { pagesWithTables, withTables } = await import('../generate/doc-tables.ts');
  const { PAGE_ASSETS, pageAssetsText } = await import('../generate/page-assets.ts');
  const { schemaFiles } = await import('../generate/schemas.ts');
  const { stateMachineText } = await import('../generate/state-machine.ts');
  const write = (path: string, text: string) => {
    const isNew = read(path) !== text;
    if (isNew) writeFileSync(new URL(`../../${path}`, import.meta.url), text);
    out(`${path} ${isNew ? 'written' : 'is up to date'}`);
  };
  write(PAGE_ASSETS, pageAssetsText());
  write(STATE_MACHINE, stateMachineText());
  for (const [path, text] of schemaFiles()) write(path, text);
  write(COMMANDS_PAGE, commandsPage(commands));
  write(ENVIRONMENT, samLocalVariables());
  for (const path of pagesWithTables) write(path, await withTables(path, read(path)));
  return EXIT.ok;
}
