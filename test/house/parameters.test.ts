import { execFileSync } from 'node:child_process';
import { demandNone, read } from './sources.ts';

const RULE = 'complexity/useMaxParams';

interface Override {
  includes: string[];
  linter: { rules: { complexity?: { useMaxParams?: string } } };
}

/** Files that Biome's rule of at most four parameters lets pass for now. The list only shrinks. */
const excused = (JSON.parse(read('biome.json')) as { overrides: Override[] }).overrides
  .filter(({ linter }) => linter.rules.complexity?.useMaxParams === 'off')
  .flatMap(({ includes }) => includes);

/** What Biome says of these files if nothing excuses them. */
function lint(paths: string[]): string {
  if (paths.length === 0) return '';
  const args = ['lint', `--only=${RULE}`, '--reporter=github', '--max-diagnostics=none', ...paths];
  return execFileSync('node_modules/.bin/biome', args, { encoding: 'utf8' });
}

it('no file is excused from the rule of four parameters that does not need it', () => {
  const told = lint(excused);
  demandNone(
    excused
      .filter((file) => !told.includes(file))
      .map((file) => `${file} keeps the rule of four parameters by now: take it off the list in biome.json.`),
  );
});
