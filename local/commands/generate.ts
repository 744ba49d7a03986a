import { readFileSync, writeFileSync } from 'node:fs';
import { samLocalVariables } from '../bundles/sam-variables.ts';
import { pagesWithTables, withTables } from '../generate/doc-tables.ts';
import { schemaFiles } from '../generate/schemas.ts';
import { stateMachineText } from '../generate/state-machine.ts';

const ENVIRONMENT = 'events/env.json';

const STATE_MACHINE = 'statemachine/update-agents.asl.json';

const read = (path: string) =>
  readFileSync(new URL(`../../${path}`, import.meta.url), { encoding: 'utf8', flag: 'a+' });

const pages: [string, string][] = [];

for (const path of pagesWithTables) pages.push([path, await withTables(path, read(path))]);

const files = new Map([
  [STATE_MACHINE, stateMachineText()],
  ...schemaFiles(),
  ...pages,
  [ENVIRONMENT, samLocalVariables()],
]);

/**
 * npm run generate: writes anew what is made from the code: the state machine, schemas, the tables in the docs, and the
 * variables of `sam local`.
 */
for (const [path, text] of files) {
  const isNew = read(path) !== text;
  if (isNew) writeFileSync(new URL(`../../${path}`, import.meta.url), text);
  process.stdout.write(`${path} ${isNew ? 'written' : 'is up to date'}\n`);
}
