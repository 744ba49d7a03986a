import { readFileSync } from 'node:fs';

/** An ASL document, as far as the wrapper looks into it. */
export interface State {
  Type: string;
  [field: string]: unknown;
}

export interface Definition {
  StartAt: string;
  TimeoutSeconds?: number;
  States: Record<string, State>;
}

export interface DistributedMap {
  /** Of its state. */
  name: string;
  /** Stands in the ARNs of its map runs and children. */
  label: string;
  child: Definition;
  toleratedFailurePercentage: number;
}

/** The one state of the inline map that stands in for a distributed one: a task that runs a child execution. */
export const CHILD_TASK = 'ChildExecution';

const LONGEST_SECONDS = 7 * 86_400;

/** Reads the state machine's own file and fills in `${...}`, as CloudFormation does with DefinitionSubstitutions. */
export function readDefinition(path: URL | string, substitutions: Record<string, string>): Definition {
  const text = readFileSync(path, 'utf8').replace(
    /\$\{(\w+)\}/g,
    (whole, name: string) => substitutions[name] ?? whole,
  );
  return JSON.parse(text) as Definition;
}

/** What the stand-in of a distributed map is called with. */
export interface MapItem {
  index: number;
  input: unknown;
}

/** Where the context of an execution stands for the interpreter. */
export const OWN_EXECUTION = 'OwnExecution';

/**
 * Leads what reads `$$.Execution` elsewhere: the interpreter writes StartTime and Input of its own run there, and a redriven
 * execution keeps those of its first try.
 */
const withOwnExecution = (definition: Definition): Definition =>
  JSON.parse(JSON.stringify(definition).replace(/\$\$\.Execution\b/g, () => `$$.${OWN_EXECUTION}`));

/**
 * Splits a definition at its distributed maps. The interpreter would run them inline, in the parent's history and with
 * the parent's context; in AWS each item has an execution of its own, that fails and ends on its own.
 */
export function splitDistributedMaps(whole: Definition): { parent: Definition; maps: DistributedMap[] } {
  const maps: DistributedMap[] = [];
  const definition = withOwnExecution(whole);
  const States = Object.fromEntries(
    Object.entries(definition.States).map(([name, state]): [string, State] => {
      if (state.Type === 'Parallel') throw new Error(`${name}: this engine runs no Parallel states`);
      const processor = state['ItemProcessor'] as (Definition & { ProcessorConfig?: { Mode?: string } }) | undefined;
      if (state.Type !== 'Map') return [name, state];
      if (processor?.ProcessorConfig?.Mode !== 'DISTRIBUTED')
        throw new Error(`${name}: this engine runs no inline maps`);
      const tolerated = Number(state['ToleratedFailurePercentage'] ?? 0);
      if (tolerated !== 0 && tolerated !== 100) {
        throw new Error(`${name}: this engine knows a tolerated failure percentage of 0 or of 100, not ${tolerated}`);
      }
      const { ToleratedFailurePercentage: _tolerated, Label, ItemSelector, Parameters, ...rest } = state;
      const label = String(Label ?? name);
      maps.push({ name, label, child: processor, toleratedFailurePercentage: tolerated });
      const selector = ItemSelector ?? Parameters;
      const input = selector === undefined ? { 'input.$': '$$.Map.Item.Value' } : { input: selector };
      const task = `${name}.${CHILD_TASK}`;
      const stand = {
        Type: 'Task',
        Resource: 'arn:aws:lambda:us-east-1:123456789012:function:child',
        TimeoutSeconds: LONGEST_SECONDS,
        End: true,
      };
      const item = { 'index.$': '$$.Map.Item.Index', ...input };
      return [name, { ...rest, ItemSelector: item, ItemProcessor: { StartAt: task, States: { [task]: stand } } }];
    }),
  );
  return { parent: { ...definition, States }, maps };
}

/** A copy that begins at another of its states: where a redrive goes on. */
export const startingAt = (definition: Definition, state: string): Definition => ({ ...definition, StartAt: state });

/** Names of the tasks of a definition. */
export const taskNames = ({ States }: Definition): string[] =>
  Object.entries(States)
    .filter(([, state]) => state.Type === 'Task')
    .map(([name]) => name);

/** The ARNs of the functions that the tasks of a definition call. */
export const functionsCalled = ({ States }: Definition): string[] =>
  Object.values(States).flatMap(({ Type, Parameters }) => {
    const { FunctionName } = (Parameters ?? {}) as { FunctionName?: string };
    return Type === 'Task' && FunctionName !== undefined ? [FunctionName] : [];
  });
