import { readdirSync, readFileSync } from 'node:fs';

const root = new URL('../../../', import.meta.url);

/** The deployed code, file by file; what only hands over to it is left out. */
export const readDeployed = (): { file: string; text: string }[] =>
  readdirSync(new URL('functions/', root), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.endsWith('index.ts'))
    .map((name) => `functions/${name}`)
    .sort()
    .map((file) => ({ file, text: readFileSync(new URL(file, root), 'utf8') }));
