import fs from 'node:fs';
import { fileURLToPath } from 'node:url';
import { applyPatch, type Patch } from './bug.ts';
import { plantedBugs } from './bugs.ts';
import { patchModules } from './patch-modules.ts';
import { sabotages } from './sabotage.ts';

/** The environment variable that names the bug to be planted in a process. */
export const PLANTED = 'REVEILLE_PLANTED_BUG';

const root = new URL('../../../', import.meta.url);

/** Plants a bug in this process, in what it loads from now on. */
export function plant(name: string): void {
  const bug = [...plantedBugs, ...sabotages].find((one) => one.name === name);
  if (bug === undefined) throw new Error(`there is no planted bug ${name}`);
  const byUrl = new Map<string, Patch[]>();
  for (const patch of bug.patches) {
    const { href } = new URL(patch.file, root);
    byUrl.set(href, [...(byUrl.get(href) ?? []), patch]);
  }
  patchModules(
    new Map(
      [...byUrl].map(([url, patches]) => [
        url,
        (text: string) => patches.reduce((before, patch) => applyPatch(name, patch, before), text),
      ]),
    ),
  );
}

/** The texts that a bug's patches are made to, to find out whether they fit. */
export const readPatched = ({ file }: Patch): string => fs.readFileSync(fileURLToPath(new URL(file, root)), 'utf8');
