import { readFileSync } from 'node:fs';
import validate from 'asl-validator';
import { childArn } from '../../functions/domain/model/execution-arn.ts';
import { definitionPath } from '../../local/deployment/deploy.ts';
import { readTemplate } from '../../local/deployment/template.ts';
import { type Definition, readDefinition, type State } from '../../local/engine/definition.ts';
import { stateMachineText } from '../../local/generate/state-machine.ts';

interface Rule {
  ErrorEquals: string[];
  MaxAttempts?: number;
  Next?: string;
  JitterStrategy?: string;
}

const definition = readDefinition(definitionPath, {});

/** All states, those of the maps' items too, by name. */
function allStates(part: Definition): [string, State][] {
  return Object.entries(part.States).flatMap(([name, state]): [string, State][] => {
    const inner = state['ItemProcessor'] as Definition | undefined;
    return [[name, state], ...(inner ? allStates(inner) : [])];
  });
}

const states = allStates(definition);
const tasks = states.filter(([, { Type }]) => Type === 'Task');
/** The first retrier that knows the error decides; States.TaskFailed knows all but a time-out of the state. */
function triesAfter(rules: Rule[], error: string): number {
  const knows = ({ ErrorEquals }: Rule) =>
    ErrorEquals.some(
      (one) => one === error || one === 'States.ALL' || (one === 'States.TaskFailed' && error !== 'States.Timeout'),
    );
  return rules.find(knows)?.MaxAttempts ?? 0;
}

const rulesOf = (field: 'Retry' | 'Catch') =>
  states.flatMap(([name, state]) => ((state[field] ?? []) as Rule[]).map((rule): [string, Rule] => [name, rule]));

describe('statemachine/update-agents.asl.json', () => {
  it('is what update-agents.ts beside it makes; if not, npm run generate writes it anew', () => {
    expect(readFileSync(definitionPath, 'utf8')).toBe(stateMachineText());
  });

  it('is valid', () => {
    const { isValid, errorsText } = validate(definition as never, { checkPaths: true, checkArn: true });
    expect([isValid, errorsText('\n')]).toEqual([true, '']);
  });

  it.each(tasks)('%s has a time-out longer than any function lives, so that no two live at once', (_, state) => {
    expect(state['TimeoutSeconds']).toEqual(expect.any(Number));
    expect(state['TimeoutSeconds']).toBeGreaterThan(readTemplate().Globals.Function.Timeout);
  });

  it('has a time-out of its own, longer than that of any task', () => {
    expect(definition.TimeoutSeconds).toBeGreaterThan(
      Math.max(...tasks.map(([, state]) => Number(state['TimeoutSeconds']))),
    );
  });

  describe.each(tasks)('%s', (name, state) => {
    const triesOf = (error: string): number => triesAfter((state['Retry'] ?? []) as Rule[], error);
    const isPatient = name === 'RestoreInstances';

    it('waits ten minutes for a function that Lambda has to get ready first, and for a service', () => {
      const passing = ['Lambda.CodeArtifactUserPendingException', 'Lambda.TooManyRequestsException', 'AwsUnavailable'];
      for (const error of passing) expect([error, triesOf(error)]).toEqual([error, isPatient ? 60 : 20]);
    });

    it('is tried again if it may have run: its process died, its answer was lost, or no one knows that name', () => {
      const died = ['Lambda.Unknown', 'Runtime.ExitError', 'Sandbox.Timedout', 'States.Timeout'];
      for (const error of [...died, 'Lambda.ServiceException', 'Lambda.NameOfTomorrowException']) {
        expect([error, triesOf(error)]).toEqual([error, isPatient ? 60 : 4]);
      }
    });

    it('is not tried again for what a person has to mend, unless only it could restore what is awake', () => {
      const broken = ['Lambda.KMSDisabledException', 'Runtime.ImportModuleError', 'AwsRefused', 'InvalidInput'];
      for (const error of broken) expect([error, triesOf(error)]).toEqual([error, isPatient ? 60 : 0]);
    });
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
    const check = (part: Definition) => {
      const names = Object.keys(part.States);
      const targets = Object.values(part.States).flatMap((state) =>
        [
          state['Next'],
          state['Default'],
          ...((state['Choices'] ?? []) as Rule[]).map(({ Next }) => Next),
          ...((state['Catch'] ?? []) as Rule[]).map(({ Next }) => Next),
        ].filter((next) => next !== undefined),
      );
      expect([...targets, part.StartAt].filter((target) => !names.includes(target as string))).toEqual([]);
      // And none stands there unused.
      expect(names.filter((name) => name !== part.StartAt && !targets.includes(name))).toEqual([]);
      for (const state of Object.values(part.States)) {
        const inner = state['ItemProcessor'] as Definition | undefined;
        if (inner) check(inner);
      }
    };
    check(definition);
  });

  it('says of each state what it is for', () => {
    expect(states.filter(([, { Comment }]) => typeof Comment !== 'string').map(([name]) => name)).toEqual([]);
  });

  it('labels its map as the children’s ARNs do, by which leases are judged', () => {
    const { UpdateBatches } = definition.States;
    const names = { partition: 'aws', region: 'r', account: '123456789012', stateMachine: 'machine' };
    expect(childArn({ ...names, child: 'child-1' })).toContain(`:machine/${UpdateBatches?.['Label']}:child-1`);
  });
});
