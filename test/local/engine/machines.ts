import type { Handler } from '../../../functions/runtime/handler.ts';
import { createRandom } from '../../../local/base/random.ts';
import { runInVirtualTime } from '../../../local/clock/virtual-time.ts';
import type { Definition, State } from '../../../local/engine/definition.ts';
import { createStateMachine, type LocalStateMachine } from '../../../local/engine/state-machine.ts';
import { at } from '../../support/builders.ts';

/** A task that invokes a function with the state's whole input, as Reveille's own do. */
export const invoking = (name: string, more: Partial<State> = {}): State => ({
  Type: 'Task',
  Resource: 'arn:aws:states:::lambda:invoke',
  Parameters: { FunctionName: `arn:aws:lambda:eu-central-1:123456789012:function:${name}`, 'Payload.$': '$' },
  OutputPath: '$.Payload',
  TimeoutSeconds: 90,
  ...more,
});

/** A distributed map over the input, which is a list; the name of its state is its label. */
export const distributing = (child: Definition['States'], more: Partial<State> = {}): State => ({
  Type: 'Map',
  Label: 'Items',
  MaxConcurrency: 10,
  ItemProcessor: {
    ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' },
    StartAt: Object.keys(child)[0],
    States: child,
  },
  ...more,
});

/** A state machine that starts at the first of its states. */
export function aMachine(
  states: Definition['States'],
  functions: Record<string, Handler<unknown>> = {},
  more: Partial<Definition> & { functionTimeoutSeconds?: number } = {},
): LocalStateMachine {
  const { functionTimeoutSeconds: timeoutSeconds = 60, ...rest } = more;
  return createStateMachine({
    definition: { StartAt: Object.keys(states)[0] ?? '', States: states, ...rest },
    functions: Object.fromEntries(
      Object.entries(functions).map(([name, handler]) => [name, { handler, timeoutSeconds }]),
    ),
    name: 'machine',
    account: '123456789012',
    region: 'eu-central-1',
    random: createRandom(1, 'executions'),
  });
}

export const inVirtualTime = <T>(work: () => Promise<T>): Promise<T> => runInVirtualTime(at('02:00'), 1, work);
export const pause = (seconds: number) => new Promise<void>((resolve) => setTimeout(resolve, seconds * 1000));
/** Seconds since the test began. */
export const clock = (): number => (Date.now() - at('02:00').getTime()) / 1000;
export const named = (name: string, message = 'on purpose'): Error => Object.assign(new Error(message), { name });

/** A function that notes when it is called, and what it was called with. */
export const noting = (act: (input: unknown) => unknown = (input) => input) => {
  const calls: [number, unknown][] = [];
  const handler = async (input: unknown) => {
    calls.push([clock(), input]);
    return act(input);
  };
  return { calls, handler };
};

/** Fails until it is mended. */
export const breakable = () => {
  const state = { isBroken: true };
  const work = noting((input) => {
    if (state.isBroken) throw named('Broken');
    return { ...(input as object), worked: true };
  });
  return { ...work, mend: () => Object.assign(state, { isBroken: false }) };
};
