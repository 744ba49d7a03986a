import type { ServiceHabits } from '../../account/account.ts';
import type { BehaviourName } from '../../account/fleet/behaviours.ts';
import type { Fleet } from '../../account/fleet/fleet.ts';

/** A lease that no run has written: someone else's, or copied. */
export const FORGED_LEASE = 'someone-else/a-run/a-child/an-attempt';

/** What can go wrong with one call of AWS. */
export const callFaultKinds = [
  /** The process dies before the call is sent. */
  'crash-before',
  /** The call takes effect, and the process dies before it hears of it. */
  'crash-after',
  /** The call takes effect, and the connection breaks before its reply comes: the SDK asks again. */
  'lost-reply',
  /** The call takes effect, and no reply comes: the client gives up after its own time-out, and asks again. */
  'stalled',
  /** The service fails before it does anything. */
  'server-error',
  'throttled',
  'denied',
  /** It just takes its time. */
  'slow',
] as const;

export type CallFaultKind = (typeof callFaultKinds)[number];

/** What can go wrong with one invocation of a function. */
export const invocationFaultKinds = [
  /** The function did its work, and its result never arrives: the state machine invokes it again. */
  'lost-result',
  /** Two copies of it work at the same time; the second one's result counts. */
  'twin',
  /** Its caller gives up waiting, while it goes on living, and invokes it again. */
  'abandoned',
  /** Lambda refuses to run it. */
  'refused',
] as const;

export type InvocationFaultKind = (typeof invocationFaultKinds)[number];

interface Where {
  /** Logical ID of a function; null: any. */
  function: string | null;
  /** The first of them that it strikes, counted from 1. */
  nth: number;
  /** How many in a row it strikes. */
  times: number;
}

export type Fault =
  | (Where & { on: 'call'; kind: CallFaultKind; operation: string | null; seconds: number })
  | (Where & { on: 'invocation'; kind: InvocationFaultKind; seconds: number });

/** For a while, AWS answers some calls in an unkind way. */
export const troubles = ['throttling', 'server-errors', 'denied'] as const;

export type Trouble = (typeof troubles)[number];

export const deeds = [
  'start',
  'stop',
  'hibernate',
  'restart',
  'terminate',
  'remove-lease',
  'forge-lease',
  'copy-lease',
  'opt-out',
  'opt-out-of-yesterday',
  'opt-out-until-spring',
  'opt-out-in-silence',
  'open-session',
  'run-command',
  'run-update',
  'cancel-command',
  'run-association',
  'leave-group',
] as const;

export type Deed = (typeof deeds)[number];

/** A scheduler that starts them in the morning; a tool that knows its own tags only, and takes all others off what is awake. */
export type ToolDeed = Extract<Deed, 'start' | 'remove-lease'>;

/** What a person does, or what happens to an execution or to AWS, at a moment of the simulation. */
export type Disturbance = { atSeconds: number } & (
  | { kind: 'abort' | 'time-out'; execution: number }
  | { kind: 'abort-child'; execution: number; child: number }
  | { kind: 'redrive'; execution: number }
  | { kind: 'person'; deed: Deed; instanceId: string; seconds: number }
  /** A program that knows nothing of Reveille does it to all instances of the groups at once. */
  | { kind: 'tool'; deed: ToolDeed }
  | {
      kind: 'window';
      trouble: Trouble;
      seconds: number;
      function: string | null;
      service: string | null;
      operation: string | null;
    }
  /** DescribeInstances does not answer for a zone: of three, `a`, `b` and `c`. */
  | { kind: 'zone'; zone: string; seconds: number }
  /** EC2 does not know the ID of an instance: the one at this place among all, counted round. */
  | { kind: 'forgotten'; place: number; seconds: number }
  /** EventBridge's word of an ended execution comes late, or not at all. */
  | { kind: 'events'; fate: 'lost' | 'delayed'; seconds: number }
);

/** An execution that a person or the schedule starts. */
export interface PlannedExecution {
  /** Counted from the beginning, or from the end of the execution that it comes after. */
  atSeconds: number;
  /** The place of an earlier one, whose end it waits for. */
  after?: number;
  name: string;
  input: Record<string, unknown>;
}

/** All of a scenario but its seed and where it comes from. */
export type Night = Omit<Scenario, 'seed' | 'drawnAs'>;

/** One simulation as plain data: all that there is to it, with its seed. So it can be shrunk, and printed. */
export interface Scenario {
  seed: number;
  /** The class of the draw that it is of, and the story if it is one: for people. */
  drawnAs?: string;
  /** How AWS itself behaves; left out: as usual. */
  habits?: ServiceHabits;
  /** So long Lambda takes to get each function ready, since none was called for weeks; left out: no time. */
  coldSeconds?: number;
  fleet: Fleet;
  /** Parameters of template.yaml. */
  parameters: Record<string, string>;
  executions: PlannedExecution[];
  faults: Fault[];
  disturbances: Disturbance[];
}

/** A simulation to be tried: drawn from its seed, or given; or the quiet night of a behaviour. */
export type Task = number | Scenario | { quietNight: BehaviourName };
