import { readdirSync, readFileSync } from 'node:fs';

const root = new URL('../../../', import.meta.url);

/** Draws what people look at, and decides nothing: its own tests judge it, and no checker does. */
const DRAWING = /^domain\/report\/page\//;

/** The deployed code, file by file; what only hands over to it is left out, and what only draws. */
export const readDeployed = (): { file: string; text: string }[] =>
  readdirSync(new URL('functions/', root), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.endsWith('index.ts') && !DRAWING.test(name))
    .map((name) => `functions/${name}`)
    .sort()
    .map((file) => ({ file, text: readFileSync(new URL(file, root), 'utf8') }));
