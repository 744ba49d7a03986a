import { readFileSync, writeFileSync } from 'node:fs';
import { schemaFiles } from './schemas.ts';

/** npm run schemas: writes the published JSON Schemas anew from the code. */
for (const [path, text] of schemaFiles()) {
  const url = new URL(`../${path}`, import.meta.url);
  const isNew = readFileSync(url, { encoding: 'utf8', flag: 'a+' }) !== text;
  if (isNew) writeFileSync(url, text);
  process.stdout.write(`${path} ${isNew ? 'written' : 'is up to date'}\n`);
}
