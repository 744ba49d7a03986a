import { hunt, toMarkdown } from '../../../local/simulation/command/hunt-planted.ts';
import { applyPatch, PatchDoesNotFit } from '../../../local/simulation/planted/bug.ts';
import { plantedBugs } from '../../../local/simulation/planted/bugs.ts';
import { readPatched } from '../../../local/simulation/planted/plant.ts';
import { sabotages } from '../../../local/simulation/planted/sabotage.ts';

const [bug] = plantedBugs.filter(({ name }) => name === 'always-succeeds');

describe('planted bugs', () => {
  it('are at least thirty, each with a name of its own', () => {
    expect(plantedBugs.length).toBeGreaterThanOrEqual(30);
    const names = [...plantedBugs, ...sabotages].map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
  });

  it.each([...plantedBugs, ...sabotages].map((one) => [one.name, one] as const))(
    '%s fits the code as it is',
    (name, { patches }) => {
      for (const patch of patches) expect(applyPatch(name, patch, readPatched(patch))).not.toBe(readPatched(patch));
    },
  );

  it.each(['', 'const a = 1;\nconst a = 1;'])('one that does not fit %j is refused', (text) => {
    const patch = { file: 'functions/runtime/runtime.ts', find: 'const a = 1;', replace: '' };
    expect(() => applyPatch('some-bug', patch, text)).toThrow(PatchDoesNotFit);
    expect(() => applyPatch('some-bug', patch, text)).toThrow(/some-bug.*functions\/runtime\/runtime\.ts/);
  });

  it('are found by a checker', async () => {
    const found = await hunt(bug as (typeof plantedBugs)[number], 1, 20);
    expect(found.promises).toContain('ended-right');
    expect(toMarkdown([found])).toContain(`| always-succeeds | every report says that the run succeeded | `);
  });

  it('one that no checker finds is told as such', () => {
    const unfound = { bug: 'a', what: 'b', night: null, promises: [], text: null };
    expect(toMarkdown([unfound])).toMatch(/\| a \| b \| no checker \| not in \d+ seeds \|/);
  });
});
