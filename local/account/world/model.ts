import type { Random } from '../../base/random.ts';
import type { ChangeFacts } from './journal.ts';
import type { Machine, Report, View } from './machine.ts';
import type { UnkindHabits } from './unkind-habits.ts';

export interface WorldInvocation {
  instanceId: string;
  status: string;
  statusDetails: string;
  requestedAt: number;
  startedAt: number | null;
  endedAt: number | null;
  stdout: string;
  stderr: string;
  responseCode: number;
  /** False while as many others are at work as MaxConcurrency allows (docs/aws-behaviour.md 61). */
  isSent: boolean;
  /** It never reaches its agent, whatever the agent does (docs/aws-behaviour.md 6). */
  isLost: boolean;
}

/** How an invocation ends. */
export type InvocationEnd = Pick<WorldInvocation, 'status' | 'statusDetails' | 'responseCode'> &
  Partial<Pick<WorldInvocation, 'stdout' | 'stderr'>>;

/** What picks the instances of a command, as its sender has written it. */
export interface CommandTarget {
  key: string;
  values: string[];
}

/** The instances that a command's targets come to. */
export interface Resolved {
  instanceIds: string[];
  /** Those of them to which the sender may send nothing. */
  deniedIds: string[];
}

interface Targeting {
  targets: CommandTarget[];
  /** Looks them up at a moment; null: the sender may not see their group. */
  resolve(at: number): Resolved | null;
}

/** What the sender of a command says of it. */
export interface CommandRequest {
  documentName: string;
  comment: string;
  parameters: Record<string, string[] | undefined>;
  timeoutSeconds: number;
  /** As its sender names them; none for a command with targets. */
  instanceIds: string[];
  /** null: its sender names the instances. */
  targeting: Targeting | null;
  /** How many are at work at a time: a number or a percentage (docs/aws-behaviour.md 61). */
  maxConcurrency: string;
  /** How many may fail before it is sent to no more: a number or a percentage. */
  maxErrors: string;
  /** How long it is at work on each instance; 0: as long as an update takes there. */
  runsSeconds: number;
}

/** How a command stands, as listings show it. */
export interface CommandStatus {
  status: string;
  statusDetails: string;
}

export interface WorldCommand extends CommandRequest {
  id: string;
  requestedAt: number;
  /** Just after the send, listings don't show it yet (docs/aws-behaviour.md 13). */
  visibleAt: number;
  /** None before the targets have been looked up. */
  invocations: Map<string, WorldInvocation>;
  /** How it ended without any invocation; else null (docs/aws-behaviour.md 58). */
  endedWithout: CommandStatus | null;
}

/** A session of Session Manager. */
export interface WorldSession {
  id: string;
  instanceId: string;
  owner: string;
  startedAt: number;
  endedAt: number | null;
  /** How it is listed as long as it has not ended: its window may be closed (docs/aws-behaviour.md 84). */
  openStatus: 'Connected' | 'Disconnected';
}

/** A run of a State Manager association on one instance. */
export interface WorldAssociation {
  id: string;
  instanceId: string;
  executedAt: number;
  status: 'InProgress' | 'Success' | 'Failed';
}

/** Everything that is in the account and lives: it is moved by time alone. */
export interface World {
  habits: UnkindHabits;
  region: string;
  latestVersion: string;
  machines: Map<string, Machine>;
  /** IDs that groups name and EC2 doesn't know. */
  ghosts: Set<string>;
  /** Zones of which DescribeInstances does not answer now (docs/aws-behaviour.md 140). */
  disturbedZones: Set<string>;
  /** IDs of machines that EC2 does not know for a while (docs/aws-behaviour.md 141). */
  forgotten: Set<string>;
  /** The instances of each group, in order. */
  groups: Map<string, string[]>;
  commands: WorldCommand[];
  sessions: WorldSession[];
  associations: WorldAssociation[];
  random: Random;
  /** Lets everything happen that is due at this moment. */
  runUntil(now: number): void;
  at(moment: number, run: (at: number) => void): void;
  /** Seconds after `from`, unless the machine has been started or stopped meanwhile. */
  later(machine: Machine, from: number, seconds: number, run: (at: number) => void): void;
  change(machine: Machine, at: number, change: { what: string; detail: string; facts: ChangeFacts }): void;
  start(machine: Machine, at: number): void;
  stop(machine: Machine, hibernate: boolean, at: number): void;
  terminate(machine: Machine, at: number): void;
  /** Told of each ping, for those who watch: pings stand in no journal. */
  onPing: ((machine: Machine, heard: Report) => void) | null;
  /** The machine's agent has come up. */
  agentStarted(machine: Machine, at: number): void;
  tag(machine: Machine, at: number, change: (tags: Map<string, string>) => void): void;
  /** What a describe shows at this moment. */
  view(machine: Machine, now: number): View;
}
