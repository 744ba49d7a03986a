import fs from 'node:fs';
import { registerHooks, syncBuiltinESMExports } from 'node:module';
import { fileURLToPath } from 'node:url';
import { applyPatch, type Patch } from './bug.ts';
import { plantedBugs } from './bugs.ts';

/** The environment variable that names the bug to be planted in a process. */
export const PLANTED = 'REVEILLE_PLANTED_BUG';

const root = new URL('../../../', import.meta.url);

/**
 * Plants a bug in this process, in what it loads from now on: modules through node's own hooks, and other files (the state
 * machine, the template) where they are read. The files themselves stay as they are.
 */
export function plant(name: string): void {
  const bug = plantedBugs.find((one) => one.name === name);
  if (bug === undefined) throw new Error(`there is no planted bug ${name}`);
  const byUrl = new Map<string, Patch[]>();
  for (const patch of bug.patches) {
    const { href } = new URL(patch.file, root);
    byUrl.set(href, [...(byUrl.get(href) ?? []), patch]);
  }
  const patched = (url: string, text: string): string =>
    (byUrl.get(url) ?? []).reduce((before, patch) => applyPatch(name, patch, before), text);

  registerHooks({
    load(url, context, nextLoad) {
      const loaded = nextLoad(url, context);
      if (!byUrl.has(url)) return loaded;
      const text =
        typeof loaded.source === 'string' ? loaded.source : Buffer.from(loaded.source as Uint8Array).toString();
      return { ...loaded, source: patched(url, text) };
    },
  });
  const read = fs.readFileSync;
  fs.readFileSync = ((path: string | URL, ...options: [never]) => {
    const content = read(path, ...options);
    const url = path instanceof URL ? path.href : '';
    // Node reads modules in the same way, and those are the hook's.
    return byUrl.has(url) && !url.endsWith('.ts') ? patched(url, String(content)) : content;
  }) as typeof fs.readFileSync;
  syncBuiltinESMExports();
}

/** The texts that a bug's patches are made to, for whoever wants to know whether they fit. */
export const readPatched = ({ file }: Patch): string => fs.readFileSync(fileURLToPath(new URL(file, root)), 'utf8');
