import { blocksOf, inlineCommandsOf } from '../../../local/pages/blocks.ts';
import { UNMARKED } from '../../../local/pages/markers.ts';

const block = (comment: string) => `${comment}\n\`\`\`console\nnpm run demo\n\`\`\`\n`;
const markerOf = (comment: string) => blocksOf('a.md', block(`<!-- ${comment} -->`))[0]?.marker;

describe('the blocks of a page', () => {
  it('are those of a console, with the line of their first command', () => {
    const page = `# A\n\n${block('')}\n\`\`\`json\n{}\n\`\`\`\n\n${block('')}`;
    expect(blocksOf('a.md', page)).toEqual([
      { page: 'a.md', line: 5, text: 'npm run demo\n', marker: UNMARKED },
      { page: 'a.md', line: 14, text: 'npm run demo\n', marker: UNMARKED },
    ]);
  });

  it('are found in a list, too', () => {
    const page = '1. So:\n\n   <!-- not run: long -->\n   ```console\n   npm ci\n   ```\n';
    expect(blocksOf('a.md', page)).toMatchObject([{ line: 5, text: '   npm ci\n', marker: { notRun: 'long' } }]);
  });

  it.each([
    ['not run: needs AWS', { notRun: 'needs AWS' }],
    ['in CI: --seeds 2 instead of --seeds 9', { instead: [['--seeds 9', '--seeds 2']] }],
    [
      'in CI: 2 instead of 9, 3 instead of 8; exit code 1',
      {
        instead: [
          ['9', '2'],
          ['8', '3'],
        ],
        exitCode: 1,
      },
    ],
    ['in one terminal, until it says "ready"', { serverSays: 'ready' }],
    ['in another terminal', { needsServer: true }],
  ])('are marked by a comment: %s', (comment, marker) => {
    expect(markerOf(comment)).toEqual({ ...UNMARKED, ...marker });
  });

  it.each(['not tun: needs AWS', 'in CI: 2', 'exit code one'])(
    'a comment that says nothing known is told: %s',
    (text) => {
      expect(() => markerOf(text)).toThrow(/^a\.md:3: the comment "/);
    },
  );
});

it('commands in a sentence and in a table are found, too', () => {
  const page = 'Say `npm run demo`, or `npm` alone.\n| `npm run --silent demo -- --json \\| sha256sum` | b |\n';
  expect(inlineCommandsOf('a.md', page).map(({ line, text }) => [line, text])).toEqual([
    [1, 'npm run demo'],
    [2, 'npm run --silent demo -- --json | sha256sum'],
  ]);
});
