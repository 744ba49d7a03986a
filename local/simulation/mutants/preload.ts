import { patchModules } from '../planted/patch-modules.ts';
import { applyMutant, MUTANT, type Mutant } from './mutant.ts';

// Loaded before everything else of a worker's process: `node --import`.
const given = process.env[MUTANT];

if (given !== undefined) {
  const mutant = JSON.parse(given) as Mutant;
  const { href } = new URL(mutant.file, new URL('../../../', import.meta.url));
  patchModules(new Map([[href, (text: string) => applyMutant(mutant, text)]]));
}
