import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { BadInput } from '../base/bad-input.ts';
import { runCommand } from '../base/command-line.ts';
import { type Block, blocksOf, inlineCommandsOf } from './blocks.ts';
import { judgeBlock, NotHere, type Rules } from './judge-commands.ts';
import { installedPrograms } from './programs.ts';
import { type Ran, runPage } from './run-blocks.ts';
import { runsElsewhere } from './run-elsewhere.ts';
import { scratchCopy } from './scratch-copy.ts';
import { templateFacts } from './template-facts.ts';

const USAGE = `Holds the commands that the pages show to what there is, and runs those that can be run without AWS.

  npm run shown-commands                       all pages
  npm run shown-commands -- --page README.md   one of them

  --page PATH      only this page; can be given several times
  --only-judge     runs none: only looks whether programs, flags and parameters exist
  --help           prints this

Exit codes: 0 all is well, 1 a command is wrong or has failed, 2 bad input.`;

/** @throws BadInput naming the flag that is wrong */
function flagsIn(args: string[]) {
  const no = { type: 'boolean', default: false } as const;
  const page = { type: 'string', multiple: true } as const;
  try {
    return parseArgs({ args, options: { page, 'only-judge': no, help: no } }).values;
  } catch (error) {
    throw new BadInput(`${(error as Error).message}\n\n${USAGE}`);
  }
}

const ROOT = new URL('../../', import.meta.url);

/** What was true of a version stands there, and not what is. */
const HISTORY = 'CHANGELOG.md';

const read = (path: string) => readFileSync(new URL(path, ROOT), 'utf8');

const print = (text: string) => process.stdout.write(`${text}\n`);

const pages = (): string[] =>
  execFileSync('git', ['ls-files', '*.md'], { cwd: fileURLToPath(ROOT), encoding: 'utf8' })
    .split('\n')
    .filter((path) => path !== '' && path !== HISTORY);

/** @returns how many problems it has told */
function judgePage(page: string, rules: Rules): number {
  const shown = [...blocksOf(page, read(page)), ...inlineCommandsOf(page, read(page))];
  const problems = shown.flatMap((block) => judgeOrSkip(block, rules));
  problems.forEach(print);
  return problems.length;
}

/** In CI each program is there; elsewhere one that is missing is told, and fails nothing. */
function judgeOrSkip(block: Block, rules: Rules): string[] {
  try {
    return judgeBlock(block, rules);
  } catch (error) {
    if (!(error instanceof NotHere)) throw error;
    const text = `${block.page}:${block.line}: not judged: ${error.message}`;
    if (process.env['CI'] === 'true') return [text];
    print(text);
    return [];
  }
}

const firstLine = ({ text }: Block): string => text.trim().split('\n')[0] ?? '';

function tell(block: Block, { outcome, text }: Ran, seconds: number): void {
  const took = outcome === 'passed' ? ` in ${seconds.toFixed(1)} s` : '';
  print(`${outcome.padEnd(8)} ${block.page}:${block.line}  ${firstLine(block)}${took}`);
  if (outcome === 'failed') print(text.replace(/^/gm, '    '));
}

await runCommand(async () => {
  const { page: chosen, 'only-judge': isOnlyJudged, help } = flagsIn(process.argv.slice(2));
  if (help) {
    print(USAGE);
    return 0;
  }
  const paths = chosen ?? pages();
  const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
  const rules = { programs: installedPrograms(), scripts, template: templateFacts() };
  const problems = paths.reduce((sum, page) => sum + judgePage(page, rules), 0);
  if (isOnlyJudged) return problems === 0 ? 0 : 1;

  const count = { passed: 0, failed: problems, 'not run': 0 };
  const copy = scratchCopy();
  try {
    for (const page of paths) {
      let began = performance.now();
      for await (const [block, ran] of runPage(
        blocksOf(page, read(page)),
        copy.directory,
        runsElsewhere(read('.ci/run'), scripts),
      )) {
        tell(block, ran, (performance.now() - began) / 1000);
        count[ran.outcome]++;
        began = performance.now();
      }
    }
  } finally {
    copy.remove();
  }
  print(`\n${count.passed} passed, ${count['not run']} not run here, ${count.failed} failed`);
  return count.failed === 0 ? 0 : 1;
});
