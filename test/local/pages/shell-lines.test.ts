import { shellLinesOf } from '../../../local/pages/shell-lines.ts';

const commandsOf = (script: string) => shellLinesOf(script).flatMap(({ commands }) => commands);

describe('a shown script', () => {
  it('is its commands, with their words', () => {
    expect(commandsOf('npm ci && npm run demo\nsam build; echo done | grep d\n')).toEqual([
      ['npm', 'ci'],
      ['npm', 'run', 'demo'],
      ['sam', 'build'],
      ['echo', 'done'],
      ['grep', 'd'],
    ]);
  });

  it('knows comments from number signs in words and in quotes', () => {
    const [line, ...more] = shellLinesOf("echo a#b '# no' # a comment; not a command\n# another\n");
    expect(line).toEqual({ text: "echo a#b '# no'", commands: [['echo', 'a#b', '# no']] });
    expect(more).toEqual([]);
  });

  it('goes on over an escaped end of line, and inside of quotes', () => {
    expect(shellLinesOf("aws s3 ls \\\n    --recursive\necho 'two\nlines' end")).toEqual([
      { text: 'aws s3 ls \\\n    --recursive', commands: [['aws', 's3', 'ls', '--recursive']] },
      { text: "echo 'two\nlines' end", commands: [['echo', 'two\nlines', 'end']] },
    ]);
  });

  it('has neither its redirections, nor its assignments and keywords', () => {
    expect(commandsOf('A=1 npm run fleet > fleet.json\nuntil grep -v x\ndo sleep 5; done')).toEqual([
      ['npm', 'run', 'fleet'],
      ['grep', '-v', 'x'],
      ['sleep', '5'],
    ]);
  });
});
