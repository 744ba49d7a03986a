import { readFileSync, writeFileSync } from 'node:fs';
import { samLocalVariables } from '../bundles/sam-variables.ts';
import { pagesWithTables, withTables } from '../generate/doc-tables.ts';
import { schemaFiles } from '../generate/schemas.ts';
import { stateMachineText } from '../generate/state-machine.ts';

const ENVIRONMENT = 'events/env.json';

const STATE_MACHINE = 'statemachine/update-agents.asl.json';

const read = (path: string) =>
  readFileSync(new URL(`../../${path}`, import.meta.url), { encoding: 'utf8', flag: 'a+' });

function write(path: string, text: string): void {
  const isNew = read(path) !== text;
  if (isNew) writeFileSync(new URL(`../../${path}`, import.meta.url), text);
  process.stdout.write(`${path} ${isNew ? 'written' : 'is up to date'}\n`);
}

/**
 * npm run generate: writes anew what is made from the code: the state machine, schemas, the variables of `sam local`, and the
 * tables in the docs. These come last: the runs that they are counted from play the state machine's file.
 */
write(STATE_MACHINE, stateMachineText());

for (const [path, text] of schemaFiles()) write(path, text);

write(ENVIRONMENT, samLocalVariables());

for (const path of pagesWithTables) write(path, await withTables(path, read(path)));
