import type { Report } from '../../../functions/domain/report/report.ts';
import type { BehaviourName } from '../../account/fleet/behaviours.ts';
import type { OddAnswer } from '../../account/fleet/odd-answers.ts';
import type { ChangeFacts } from '../../account/world/journal.ts';
import type { UnkindHabits } from '../../account/world/unkind-habits.ts';
import type { Disturbance } from '../scenario/scenario.ts';
import type { Overheard, PingEvidence } from './overheard.ts';

/** A call that reached AWS, or was refused on its way there. */
export interface CallEvidence {
  kind: 'call';
  at: number;
  principal: string;
  /** The run that it was made for; empty: none. */
  runId: string;
  service: string;
  operation: string;
  parameters: Record<string, unknown>;
  /** The instances that it names. */
  instanceIds: string[];
  error: string | null;
}

/** Something that became of an instance. */
export interface ChangeEvidence {
  kind: 'change';
  at: number;
  instanceId: string;
  facts: ChangeFacts;
  /** Whose call did it; null: it happened by itself. */
  by: { principal: string; runId: string } | null;
}

/** How an instance stands, as a person would see it. */
export interface Standing {
  /** EC2's state, or `hibernated`, or `not-found`. */
  state: string;
  /** Version of the agent on its disk. */
  version: string | null;
  lease: string | null;
}

export interface InstanceEvidence {
  instanceId: string;
  /** Its tag Name; no one changes it. */
  name: string | null;
  groups: string[];
  behaviours: BehaviourName[];
  /** What AWS refuses as soon as it is named. */
  answers?: OddAnswer[];
  /** As EC2 names it. */
  platform: string;
  before: Standing;
  /** Where it was on its way to when everything began; else as before. */
  settled: string;
  after: Standing;
}

/** A resource group, beside its instances. */
export interface GroupEvidence {
  name: string;
  /** What its query asks for; null: resources of any type. */
  resourceTypes: string[] | null;
  /** Managed nodes outside of EC2. */
  nodeIds: string[];
}

export interface ExecutionEvidence {
  name: string;
  input: Record<string, unknown>;
  startedAt: number;
  /** null: it never ended. */
  endedAt: number | null;
  /** From when to when it ran: several times, if it was redriven. null: it still runs. */
  lives: { from: number; to: number | null }[];
  status: 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'ABORTED';
  error: string | null;
  report: Report | null;
  /** Of the note that it was told; left out where there is none. */
  toldSubject?: string;
}

/** The tag by which an instance is held, as a person would see it. */
export const LEASE_TAG = 'reveille:lease';

/** The run that a lease names: it is `stateMachine/run/child/attempt`. */
export const runIn = (lease: string): string => lease.split('/')[1] ?? '';

/** For so long DescribeExecution may still tell what was before (docs/aws-behaviour.md 31). */
export const DESCRIBE_LAG_SECONDS_MAX = 3;

/** Something that was done to the run from outside, as it took effect. */
export interface DoneDisturbance {
  at: number;
  /** When its effect was over. */
  until: number;
  disturbance: Disturbance;
  /** Instances that EC2 did not show meanwhile; left out where it showed all. */
  struck?: string[];
}

/** All that the checkers look at: what happened, and what a person would see. Plain data. */
export interface Evidence {
  startedAt: number;
  endedAt: number;
  latestVersion: string;
  parameters: Record<string, string>;
  /** How long describes of EC2 lag behind at the most. */
  describeLagSeconds: number;
  /** How AWS was unkind; left out: in no way. */
  habits?: UnkindHabits;
  groups: GroupEvidence[];
  instances: InstanceEvidence[];
  timeline: (CallEvidence | ChangeEvidence)[];
  executions: ExecutionEvidence[];
  disturbances: DoneDisturbance[];
  /** When a fault struck, and which. */
  faults: { at: number; what: string; text: string }[];
  /** What people were told. */
  messages: string[];
  /** What is left of the lock. */
  lock: string | null;
  /** Most events that one execution's history had. */
  longestHistory: number;
  overheard: Overheard;
}

/** Whether a fault or a disturbance had struck by this moment. */
export const isStruckBy = (
  { faults, disturbances }: Pick<Evidence, 'faults' | 'disturbances'>,
  until: number,
): boolean => [...faults, ...disturbances].some(({ at }) => at <= until);

/** The functions of Reveille, among all who call AWS. */
export const isOurs = (principal: string): boolean => principal.endsWith('Function');

/** A timeline that was read once. */
interface Index {
  calls: Map<string, CallEvidence[]>;
  changes: Map<string, ChangeEvidence[]>;
  pings: Map<string, PingEvidence[]>;
}

const indexes = new WeakMap<Evidence, Index>();

function add<T>(lists: Map<string, T[]>, key: string, item: T): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [item]);
  else list.push(item);
}

/** The checkers ask for the same things again and again: each timeline is read once. */
function indexOf(evidence: Evidence): Index {
  const known = indexes.get(evidence);
  if (known !== undefined) return known;
  const index: Index = { calls: new Map(), changes: new Map(), pings: new Map() };
  for (const entry of evidence.timeline) {
    if (entry.kind === 'call') {
      add(index.calls, '', entry);
      add(index.calls, entry.operation, entry);
    } else add(index.changes, entry.instanceId, entry);
  }
  for (const ping of evidence.overheard.pings) add(index.pings, ping.instanceId, ping);
  indexes.set(evidence, index);
  return index;
}

/** Calls of these operations, or all, in order. */
export function calls(evidence: Evidence, ...operations: string[]): CallEvidence[] {
  const index = indexOf(evidence);
  if (operations.length <= 1) return index.calls.get(operations[0] ?? '') ?? [];
  return calls(evidence).filter(({ operation }) => operations.includes(operation));
}

export const changes = (evidence: Evidence, instanceId: string): ChangeEvidence[] =>
  indexOf(evidence).changes.get(instanceId) ?? [];

const AWAKE = new Set(['pending', 'running']);

/** Whether an instance goes down with this change, or is down or gone after it. */
export const isDownAfter = ({ facts }: ChangeEvidence): boolean => facts.about === 'state' && !AWAKE.has(facts.state);

/** The pings of an instance's agent, in order. */
export const pingsOf = (evidence: Evidence, instanceId: string): PingEvidence[] =>
  indexOf(evidence).pings.get(instanceId) ?? [];

/** EC2's state of an instance at a moment. */
export function stateAt(evidence: Evidence, instance: InstanceEvidence, at: number): string {
  const seen = changes(evidence, instance.instanceId).flatMap(({ at: then, facts }) =>
    then <= at && facts.about === 'state' ? [facts.state] : [],
  );
  return seen.at(-1) ?? instance.before.state;
}

/** A boot of an instance: from its start until it is stopped. */
export interface Boot {
  /** null: it ran when everything began. */
  at: number | null;
  /** Its LaunchTime; null for one that ran before. */
  launchTime: number | null;
  /** Whether we started it. */
  ours: boolean;
  runId: string;
  /** Who ended it, and when. */
  stop: { at: number; ours: boolean; principal: string; runId: string } | null;
}

/** The boots of an instance, in order. */
export function bootsOf(evidence: Evidence, instance: InstanceEvidence): Boot[] {
  const boots: Boot[] = [];
  const { state } = instance.before;
  if (state === 'running' || state === 'pending')
    boots.push({ at: null, launchTime: null, ours: false, runId: '', stop: null });
  for (const { at, facts, by } of changes(evidence, instance.instanceId)) {
    if (facts.about !== 'state') continue;
    const ours = by !== null && isOurs(by.principal);
    if (facts.state === 'pending') {
      boots.push({ at, launchTime: facts.launchTime, ours, runId: by?.runId ?? '', stop: null });
    }
    const boot = boots.at(-1);
    const goesDown = facts.state === 'stopping' || facts.state === 'shutting-down' || facts.state === 'stopped';
    if (goesDown && boot !== undefined) {
      boot.stop ??= { at, ours, principal: by?.principal ?? '', runId: by?.runId ?? '' };
    }
  }
  return boots;
}

/** Whether AWS won't hear of it, in some call: it may end otherwise than others. */
export const isOdd = ({ answers = [] }: InstanceEvidence): boolean => answers.length > 0;

/** Whether EC2 itself keeps it from being stopped, for good: then only a person can help it. */
export const isStuck = ({ behaviours, after }: InstanceEvidence): boolean =>
  (behaviours.includes('hangs-in-pending') && after.state === 'pending') ||
  (behaviours.includes('stuck-stopping') && after.state === 'stopping');

/** A moment as a person reads it, counted from the beginning: `00:12:30.125`. */
export const clock = ({ startedAt }: Pick<Evidence, 'startedAt'>, at: number): string =>
  new Date(at - startedAt).toISOString().slice(11, 23);
