import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { blocksOf } from '../../../local/pages/blocks.ts';
import { runPage, scriptOf } from '../../../local/pages/run-blocks.ts';
import { type RunsElsewhere, runsElsewhere } from '../../../local/pages/run-elsewhere.ts';

const CI = `
demo() { npm ci && npm run demo; }
step 'types and tests' npm cit
lint() { npm run lint; }
simulate() { npm run simulate -- --seeds 1000; }
`;

const isRunElsewhere = runsElsewhere(CI, {
  demo: 'node demo.ts',
  test: 'tsc && jest',
  'test:rules': 'jest rules',
  lint: 'biome check .',
  check: 'biome check . && npm test',
  simulate: 'node simulate.ts',
});

describe('what .ci/run runs in another step', () => {
  it.each(['npm ci', 'npm cit', 'npm run demo', 'npm test', 'npm run check', 'npm run simulate -- --seeds 1000'])(
    '%s',
    (command) => {
      expect(isRunElsewhere([command.split(' ')])).toBe(true);
    },
  );

  it.each(['npm run demo -- --json', 'npm run test:rules', 'npm run simulate -- --seeds 100', 'aws s3 ls'])(
    'is not %s',
    (command) => {
      expect(isRunElsewhere([command.split(' ')])).toBe(false);
    },
  );
});

const NOWHERE: RunsElsewhere = () => false;
const page = (...blocks: [comment: string, commands: string][]) =>
  blocksOf('a.md', blocks.map(([comment, text]) => `${comment}\n\`\`\`console\n${text}\n\`\`\`\n`).join('\n'));

describe('the script of a block', () => {
  const script = (comment: string, text: string, elsewhere = isRunElsewhere) =>
    page([comment, text]).map((block) => scriptOf(block, elsewhere));

  it('has not what is run elsewhere', () => {
    expect(script('', 'npm ci && npm run demo\nexport A=1\nnpm run demo -- --json')).toEqual([
      'export A=1\nnpm run demo -- --json',
    ]);
  });

  it('has what is run in CI, for whole words', () => {
    const comment = '<!-- in CI: -n 5 instead of -n 100, -n 2 instead of -n 10 -->';
    expect(script(comment, 'a -n 100\na -n 10\na -n 1000', NOWHERE)).toEqual(['a -n 5\na -n 2\na -n 1000']);
  });
});

describe('a page that is run', () => {
  const directory = mkdtempSync(join(tmpdir(), 'reveille-'));
  afterAll(() => rmSync(directory, { recursive: true }));

  async function ran(...blocks: [string, string][]): Promise<[string, string][]> {
    const told: [string, string][] = [];
    for await (const [, { outcome, text }] of runPage(page(...blocks), directory, isRunElsewhere)) {
      told.push([outcome, text]);
    }
    return told;
  }

  it('passes, fails with its output, or says why it is not run', async () => {
    expect(
      await ran(
        ['', 'echo one > a.txt\ngrep one a.txt'],
        ['', 'echo two\ngrep three a.txt'],
        ['<!-- exit code 1 -->', 'grep three a.txt'],
        ['<!-- not run: needs AWS -->', 'aws s3 ls'],
        ['', 'npm run demo'],
      ),
    ).toEqual([
      ['passed', ''],
      ['failed', 'exit code 1\ntwo\n'],
      ['passed', ''],
      ['not run', 'needs AWS'],
      ['not run', 'run by another step of .ci/run'],
    ]);
  });

  it('never finds the real AWS, and installs no packages', async () => {
    expect(await ran(['', 'grep -c . <<< "$AWS_ENDPOINT_URL"'], ['', 'npm install a'])).toEqual([
      ['passed', ''],
      ['failed', expect.stringContaining('installed by .ci/run only')],
    ]);
  });

  it('has one terminal for a server and another for what asks it', async () => {
    expect(
      await ran(
        ['<!-- in another terminal -->', 'echo early'],
        ['<!-- in one terminal, until it says "ready" -->', 'echo $$ > pid\necho ready\nsleep 60'],
        ['<!-- in another terminal -->', 'kill -0 $(cat pid)'],
        ['<!-- in one terminal, until it says "ready" -->', 'echo steady'],
      ),
    ).toEqual([
      ['failed', expect.stringContaining('no block before it has begun a server')],
      ['passed', ''],
      ['passed', ''],
      ['failed', expect.stringContaining('it ended before it said "ready"')],
    ]);
  });
});
