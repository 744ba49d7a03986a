import { readFileSync } from 'node:fs';
import validate from 'asl-validator';
import { childArn } from '../../../functions/domain/model/execution-arn.ts';
import { definitionPath, functionFactories } from '../../../local/deployment/deploy.ts';
import { readTemplate } from '../../../local/deployment/template.ts';
import {
  type Definition,
  readDefinition,
  type State,
  splitDistributedMaps,
  taskNames,
} from '../../../local/engine/definition.ts';

interface Rule {
  ErrorEquals: string[];
  Next?: string;
  JitterStrategy?: string;
}

const read = () => JSON.parse(readFileSync(definitionPath, 'utf8')) as Definition;

/** All states, those of the maps' items too, by name. */
function allStates(definition: Definition): [string, State][] {
  return Object.entries(definition.States).flatMap(([name, state]): [string, State][] => {
    const inner = state['ItemProcessor'] as Definition | undefined;
    return [[name, state], ...(inner ? allStates(inner) : [])];
  });
}
const states = allStates(read());
const tasks = states.filter(([, { Type }]) => Type === 'Task');
const rulesOf = (field: 'Retry' | 'Catch') =>
  states.flatMap(([name, state]) => ((state[field] ?? []) as Rule[]).map((rule): [string, Rule] => [name, rule]));

describe('statemachine/update-agents.asl.json', () => {
  it('is valid', () => {
    const { isValid, errorsText } = validate(read() as never, { checkPaths: true, checkArn: true });
    expect([isValid, errorsText('\n')]).toEqual([true, '']);
  });

  it.each(tasks)('%s has a time-out longer than any function lives, so that no two live at once', (_, state) => {
    expect(state['TimeoutSeconds']).toEqual(expect.any(Number));
    expect(state['TimeoutSeconds']).toBeGreaterThan(readTemplate().Globals.Function.Timeout);
  });

  it('has a time-out of its own, longer than that of any task', () => {
    expect(read().TimeoutSeconds).toBeGreaterThan(
      Math.max(...tasks.map(([, state]) => Number(state['TimeoutSeconds']))),
    );
  });

  it('asks for a jitter strategy only where it means one: FULL or NONE', () => {
    const strategies = rulesOf('Retry').flatMap(([, { JitterStrategy }]) => JitterStrategy ?? []);
    expect(strategies.length).toBeGreaterThan(0);
    expect(strategies.filter((one) => one !== 'FULL' && one !== 'NONE')).toEqual([]);
  });

  it.each(['Retry', 'Catch'] as const)('in each %s, States.ALL stands alone and last', (field) => {
    for (const [name, state] of states) {
      const rules = (state[field] ?? []) as Rule[];
      for (const [index, { ErrorEquals }] of rules.entries()) {
        if (!ErrorEquals.includes('States.ALL')) continue;
        expect([name, ErrorEquals, index]).toEqual([name, ['States.ALL'], rules.length - 1]);
      }
    }
  });

  it('leads only to states that there are, in the same list of states', () => {
    const check = (definition: Definition) => {
      const names = Object.keys(definition.States);
      const targets = Object.values(definition.States).flatMap((state) =>
        [
          state['Next'],
          state['Default'],
          ...((state['Choices'] ?? []) as Rule[]).map(({ Next }) => Next),
          ...((state['Catch'] ?? []) as Rule[]).map(({ Next }) => Next),
        ].filter((next) => next !== undefined),
      );
      expect([...targets, definition.StartAt].filter((target) => !names.includes(target as string))).toEqual([]);
      // And none stands there unused.
      expect(names.filter((name) => name !== definition.StartAt && !targets.includes(name))).toEqual([]);
      for (const state of Object.values(definition.States)) {
        const inner = state['ItemProcessor'] as Definition | undefined;
        if (inner) check(inner);
      }
    };
    check(read());
  });

  it('says of each state what it is for', () => {
    expect(states.filter(([, { Comment }]) => typeof Comment !== 'string').map(([name]) => name)).toEqual([]);
  });
});

it('the label of the map is that of the children’s ARNs, by which leases are judged', () => {
  const { UpdateBatches } = readDefinition(definitionPath, {}).States;
  const names = { partition: 'aws', region: 'r', account: '123456789012', stateMachine: 'machine' };
  expect(childArn({ ...names, child: 'child-1' })).toContain(`:machine/${UpdateBatches?.['Label']}:child-1`);
});

describe('reading a definition', () => {
  // Those of the workflow: the reconciler stands outside.
  const called = Object.keys(functionFactories).filter((id) => id !== 'ReconcileLeasesFunction');
  const substitutions = Object.fromEntries(called.map((id) => [`${id}Arn`, `arn:${id}`]));

  it('fills in every substitution', () => {
    const text = JSON.stringify(readDefinition(definitionPath, substitutions));
    expect(text).not.toContain('${');
    for (const arn of Object.values(substitutions)) expect(text).toContain(`"${arn}"`);
  });

  it('leaves one that nobody gives as it stands', () => {
    expect(JSON.stringify(readDefinition(definitionPath, {}))).toMatch(/\$\{ReportRunFunctionArn\}/);
  });

  it('splits it at its distributed map; each task is in one of the parts', () => {
    const { parent, maps } = splitDistributedMaps(read());
    expect(maps).toMatchObject([{ name: 'UpdateBatches', toleratedFailurePercentage: 100 }]);
    const inParts = [parent, ...maps.map(({ child }) => child)].flatMap(taskNames);
    expect(inParts).toEqual(expect.arrayContaining(tasks.map(([name]) => name)));
    expect(inParts).toHaveLength(tasks.length);
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
