import { readFileSync } from 'node:fs';
import { exitCodes } from '../../../local/base/exit-codes.ts';
import { commands } from '../../../local/commands/all-commands.ts';
import { COMMANDS_PAGE, commandsPage } from '../../../local/commands/commands-page.ts';

const page = readFileSync(new URL(`../../../${COMMANDS_PAGE}`, `file://${__filename}`), 'utf8');

describe('docs/commands.md', () => {
  it('is what the program says of itself; if not, npm run generate writes it anew', () => {
    expect(page).toBe(commandsPage(commands));
  });

  it('has every exit code', () => {
    const rows = [...page.matchAll(/^\| (\d+) \| (.+) \|$/gm)].map(([, code, means]) => ({
      code: Number(code),
      means,
    }));
    expect(rows).toEqual(exitCodes);
  });

  it('has a chapter for each command', () => {
    const chapters = [...page.matchAll(/^## (\w+)$/gm)].map(([, name]) => name);
    expect(chapters).toEqual(['reveille', ...commands.map(({ name }) => name)]);
  });
});

describe('each command', () => {
  it.each(commands)('$name has one or two examples, each of which begins with it', ({ name, examples }) => {
    expect([1, 2]).toContain(examples.length);
    for (const [line] of examples) expect(line).toMatch(new RegExp(`^npx reveille ${name}\\b`));
  });

  it.each(commands)('$name explains each of its flags', ({ flags }) => {
    for (const [flag, type] of Object.entries(flags.shape)) {
      expect([flag, type.meta()?.description]).toEqual([flag, expect.stringMatching(/^["\w].{5,}[^.]$/)]);
    }
  });
});
