import type { Plan } from '../../../functions/domain/listing/plan.ts';
import type { Report } from '../../../functions/domain/report/report.ts';
import type { BehaviourName } from '../../account/fleet/behaviours.ts';
import type { ChangeFacts } from '../../account/world/journal.ts';
import type { Disturbance } from '../scenario/scenario.ts';

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
  groups: string[];
  behaviours: BehaviourName[];
  /** As EC2 names it. */
  platform: string;
  before: Standing;
  /** Where it was on its way to when everything began; else as before. */
  settled: string;
  after: Standing;
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
}

/** A ping of an agent, as SSM heard it. */
export interface PingEvidence {
  at: number;
  instanceId: string;
  version: string;
}

/** What a function published in one go, by the metrics' names. */
export interface MetricsEvidence {
  at: number;
  principal: string;
  values: Record<string, number>;
}

/** What stands in no journal. */
export interface Overheard {
  /** In order; the first of each instance is what SSM remembered when everything began. */
  pings: PingEvidence[];
  metrics: MetricsEvidence[];
  /** What people were told: with its subject, what a chat got, and by what it could be filtered. */
  mails: {
    at: number;
    subject: string;
    message: string;
    https: string;
    attributes: Readonly<Record<string, string>>;
  }[];
  /** What dry runs said that a run would do, by the run. */
  plans: Record<string, Plan>;
  /** What is written down of boots that are ours: the LaunchTime of each, by the object's key. */
  boots: Record<string, number>;
}

/** All that the checkers look at: what happened, and what a person would see. Plain data. */
export interface Evidence {
  startedAt: number;
  endedAt: number;
  latestVersion: string;
  parameters: Record<string, string>;
  /** How long describes of EC2 lag behind at the most. */
  describeLagSeconds: number;
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

/** The questions whether an instance may be stopped, in order: one that was allowed ends with `DryRunOperation`. */
export const dryRunsOf = (evidence: Evidence, instanceId: string): CallEvidence[] =>
  calls(evidence, 'StopInstances').filter(
    ({ instanceIds, parameters }) => parameters['DryRun'] === 'true' && instanceIds.includes(instanceId),
  );

export const changes = (evidence: Evidence, instanceId: string): ChangeEvidence[] =>
  indexOf(evidence).changes.get(instanceId) ?? [];

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

/** Something that was at work on an instance, from when to when; null: it never ended. */
export interface Span {
  from: number;
  to: number | null;
  id: string | null;
  /** The instance was stopped while it was at work. */
  isInterrupted: boolean;
  /** An update to the version that is there already: it changes nothing. */
  isIdle: boolean;
}

/** Whether EC2 itself keeps it from being stopped, for good: then only a person can help it. */
export const isStuck = ({ behaviours, after }: InstanceEvidence): boolean =>
  (behaviours.includes('hangs-in-pending') && after.state === 'pending') ||
  (behaviours.includes('stuck-stopping') && after.state === 'stopping');

/** Updates, sessions, commands or associations on an instance. */
export function spansOf(
  evidence: Evidence,
  instanceId: string,
  about: 'update' | 'session' | 'command' | 'association',
): Span[] {
  const spans: Span[] = [];
  for (const { at, facts } of changes(evidence, instanceId)) {
    if (facts.about !== about) continue;
    const id = idOf(facts);
    if (facts.phase === 'begin') {
      const isIdle = facts.about === 'update' && facts.target === facts.version;
      spans.push({ from: at, to: null, id, isInterrupted: false, isIdle });
    }
    const open = spans.findLast((span) => span.id === id && span.to === null);
    if (facts.phase !== 'begin' && open !== undefined) {
      open.to = at;
      open.isInterrupted = facts.phase === 'interrupted';
    }
  }
  return spans;
}

function idOf(facts: Extract<ChangeFacts, { about: 'update' | 'session' | 'command' | 'association' }>): string | null {
  switch (facts.about) {
    case 'update':
    case 'command':
      return facts.commandId;
    case 'session':
      return facts.sessionId;
    case 'association':
      return facts.associationId;
  }
}

/** A moment as a person reads it, counted from the beginning: `00:12:30.125`. */
export const clock = ({ startedAt }: Pick<Evidence, 'startedAt'>, at: number): string =>
  new Date(at - startedAt).toISOString().slice(11, 23);
