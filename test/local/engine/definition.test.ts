import { definitionPath, functionFactories } from '../../../local/deployment/deploy.ts';
import { readDefinition, splitDistributedMaps, taskNames } from '../../../local/engine/definition.ts';

describe('reading a definition', () => {
  // Those of the workflow: the reconciler stands outside.
  const called = Object.keys(functionFactories).filter((id) => id !== 'ReconcileLeasesFunction');
  const substitutions = Object.fromEntries(called.map((id) => [`${id}Arn`, `arn:${id}`]));

  it('fills in every substitution', () => {
    const text = JSON.stringify(readDefinition(definitionPath, substitutions));
    expect(text).not.toContain('${');
    for (const arn of Object.values(substitutions)) expect(text).toContain(`"${arn}"`);
  });

  it('leaves one that is not given as it stands', () => {
    expect(JSON.stringify(readDefinition(definitionPath, {}))).toMatch(/\$\{ReportRunFunctionArn\}/);
  });

  it('splits it at its distributed map; each task is in one of the parts', () => {
    const { parent, maps } = splitDistributedMaps(readDefinition(definitionPath, {}));
    expect(maps).toMatchObject([{ name: 'UpdateBatches', toleratedFailurePercentage: 100 }]);
    const inParts = [parent, ...maps.map(({ child }) => child)].flatMap(taskNames);
    expect(inParts.sort()).toEqual(called.map((id) => id.replace(/Function$/, '')).sort());
  });

  const inner = { StartAt: 'A', States: { A: { Type: 'Pass', End: true } } };
  const map = (changes: object) => ({
    Type: 'Map',
    ItemProcessor: { ProcessorConfig: { Mode: 'DISTRIBUTED' }, ...inner },
    End: true,
    ...changes,
  });

  it('takes a map without a word about failures for one that tolerates none', () => {
    const { maps } = splitDistributedMaps({ StartAt: 'Far', States: { Far: map({}) } });
    expect(maps).toMatchObject([{ name: 'Far', toleratedFailurePercentage: 0 }]);
  });

  it.each([
    ['an inline map', map({ ItemProcessor: { ProcessorConfig: { Mode: 'INLINE' }, ...inner } }), 'inline'],
    ['parallel branches', { Type: 'Parallel', Branches: [inner], End: true }, 'Parallel'],
    ['a map that tolerates some failures', map({ ToleratedFailurePercentage: 50 }), '50'],
  ])('refuses %s, which it would run otherwise than AWS does', (_, state, text) => {
    expect(() => splitDistributedMaps({ StartAt: 'Near', States: { Near: state } })).toThrow(text);
  });
});
