import type { FleetInstance } from '../../account/fleet/fleet.ts';
import type { Random } from '../../base/random.ts';
import { drawMember, idOf, oneGroup } from '../scenario/draw-fleet.ts';
import type { Deed, Disturbance, Fault, InvocationFaultKind, Night, PlannedExecution } from '../scenario/scenario.ts';
import { chance } from '../scenario/weighted-choice.ts';

/** One kind of what the simulation draws. A story is a small history that chance alone hardly ever brings about. */
export interface Kind {
  /** A few words, for lists. */
  name: string;
  /** How many of a thousand simulations are of it. */
  ofThousand: number;
  /** AWS is never unkind in it: what complains here complains without a reason. */
  isKind?: boolean;
  draw(random: Random): Night;
}

/** What a story is about, and what is as usual where it says nothing. */
export interface Plot {
  instances: FleetInstance[];
  parameters?: Record<string, string>;
  input?: PlannedExecution['input'];
  /** Those that come after the run itself. */
  others?: PlannedExecution[];
  faults?: Fault[];
  disturbances?: Disturbance[];
  habits?: Night['habits'];
  /** No neighbours: what strikes is counted, and would strike them. */
  isAlone?: boolean;
}

/** Beside the one that it is about, there may be a healthy one or two. */
export function night(random: Random, plot: Plot): Night {
  const {
    instances,
    parameters = {},
    input = {},
    others = [],
    faults = [],
    disturbances = [],
    habits = {},
    isAlone = false,
  } = plot;
  const count = isAlone ? 0 : random.integer([0, 2]);
  const neighbours = Array.from({ length: count }, (_, index) => drawMember(random, instances.length + index, []));
  return {
    fleet: oneGroup([...instances, ...neighbours]),
    parameters: { BatchSize: String(random.integer([1, 4])), ...parameters },
    executions: [{ atSeconds: 0, name: 'run-1', input }, ...others],
    faults,
    disturbances,
    habits,
  };
}

/** What a person does; to the first instance of the story, unless it says to which. */
export const person = (deed: Deed, atSeconds: number, seconds = 60, index = 0): Disturbance => ({
  kind: 'person',
  deed,
  atSeconds,
  seconds,
  instanceId: idOf(index),
});

export const window = (
  trouble: Extract<Disturbance, { kind: 'window' }>['trouble'],
  atSeconds: number,
  seconds: number,
  where: { function?: string; service?: string; operation?: string },
): Disturbance => ({
  kind: 'window',
  trouble,
  atSeconds,
  seconds,
  function: null,
  service: null,
  operation: null,
  ...where,
});

/** From the beginning on, EventBridge tells of no end of an execution. */
export const noEvents = (seconds: number): Disturbance => ({ kind: 'events', fate: 'lost', atSeconds: 0, seconds });

/** A function's invocation is struck; the first one, unless it says which. */
export const struck = (
  kind: InvocationFaultKind,
  name: string,
  { nth = 1, times = 1, seconds = 1 }: Partial<Pick<Fault, 'nth' | 'times' | 'seconds'>>,
): Fault => ({ on: 'invocation', kind, function: name, nth, times, seconds });

/** Such calls take so long that the next one may find no time; each seven seconds. */
export const slowCalls = (name: string, operation: string | null, nth: number, times: number): Fault => ({
  on: 'call',
  kind: 'slow',
  function: name,
  operation,
  nth,
  times,
  seconds: 7,
});

/** EC2 has carried its only start out, and no answer to it is ever heard. */
export const answerLost = {
  on: 'call',
  kind: 'crash-after',
  function: 'StartInstancesFunction',
  operation: 'StartInstances',
  nth: 1,
  times: 1,
  seconds: 2,
} as const satisfies Fault;

/** A step fails for good by so many of them: of a function that did not run 20 are tried again, and of any other four (statemachine/retries.ts). */
export const failing = (kind: InvocationFaultKind, name: string, { nth = 1, seconds = 1 } = {}): Fault =>
  struck(kind, name, { nth, times: kind === 'refused' ? 22 : 6, seconds });

/** Lambda refuses to run StartInstances for half a minute or so: the instances were listed, and are not started yet. */
export const startsLate = struck('refused', 'StartInstancesFunction', { times: 4 });

/** With this chance, what it gives; else nothing of it. */
export const sometimes = <T extends object>(random: Random, share: number, given: T): T | Record<string, never> =>
  chance(random, share) ? given : {};
