import { readFileSync, writeFileSync } from 'node:fs';
import { withTables } from './docs.ts';
import { schemaFiles } from './schemas.ts';

const DOCS = 'docs/embedded-account.md';
const read = (path: string) => readFileSync(new URL(`../${path}`, import.meta.url), { encoding: 'utf8', flag: 'a+' });

/** npm run generate: writes anew what is made from the code: the published JSON Schemas, and the tables in the docs. */
for (const [path, text] of [...schemaFiles(), [DOCS, withTables(read(DOCS))] as const]) {
  const isNew = read(path) !== text;
  if (isNew) writeFileSync(new URL(`../${path}`, import.meta.url), text);
  process.stdout.write(`${path} ${isNew ? 'written' : 'is up to date'}\n`);
}
