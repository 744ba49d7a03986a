import type { Random } from '../../base/random.ts';
import type { ChangeFacts } from './journal.ts';
import type { Machine, Report, View } from './machine.ts';

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
  /** It never reaches its agent, whatever the agent does (docs/aws-behaviour.md 6). */
  isLost: boolean;
}

/** What the sender of a command says of it. */
export interface CommandRequest {
  documentName: string;
  comment: string;
  parameters: Record<string, string[] | undefined>;
  timeoutSeconds: number;
  instanceIds: string[];
  /** How long it is at work on each instance; 0: as long as an update takes there. */
  runsSeconds: number;
}

export interface WorldCommand extends CommandRequest {
  id: string;
  requestedAt: number;
  /** Just after the send, listings don't show it yet (docs/aws-behaviour.md 13). */
  visibleAt: number;
  invocations: Map<string, WorldInvocation>;
}

/** A session of Session Manager. */
export interface WorldSession {
  id: string;
  instanceId: string;
  owner: string;
  startedAt: number;
  endedAt: number | null;
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
  region: string;
  latestVersion: string;
  machines: Map<string, Machine>;
  /** IDs that groups name and EC2 doesn't know. */
  ghosts: Set<string>;
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
