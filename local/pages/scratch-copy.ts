import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

const PACKAGES = 'node_modules';

/** A copy of the project, so that a command of a page may write what it likes. */
export interface ScratchCopy {
  directory: string;
  remove(): void;
}

/** Copies what git knows and what is new; the packages are those of the project. */
export function scratchCopy(): ScratchCopy {
  const directory = mkdtempSync(join(tmpdir(), 'reveille-pages-'));
  const listed = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], { cwd: ROOT });
  for (const file of listed.toString().split('\0')) {
    if (file !== '' && existsSync(join(ROOT, file))) cpSync(join(ROOT, file), join(directory, file));
  }
  // One by one: a link to the folder itself would let npm, or a removal, reach into the project's own.
  mkdirSync(join(directory, PACKAGES));
  for (const name of readdirSync(join(ROOT, PACKAGES))) {
    symlinkSync(join(ROOT, PACKAGES, name), join(directory, PACKAGES, name));
  }
  // Biome asks git which files are ignored.
  execFileSync('git', ['init', '--quiet'], { cwd: directory });
  return { directory, remove: () => rmSync(directory, { recursive: true, force: true, maxRetries: 3 }) };
}
