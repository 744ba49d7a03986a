import type { Account } from '../../account/account.ts';
import type { Execution, ExecutionResult } from '../../engine/model.ts';
import type { LocalStateMachine } from '../../engine/state-machine.ts';
import type { DoneDisturbance, Evidence, ExecutionEvidence, Standing } from '../evidence/evidence.ts';
import type { PlannedExecution } from '../scenario/scenario.ts';
import type { Note, Notes } from './notes.ts';
import type { Windows } from './outages.ts';
import type { Reconciler } from './reconcile-schedule.ts';

/** An execution that was started, with what became of it. */
export interface Ongoing extends PlannedExecution {
  startedAt: number;
  endedAt: number | null;
  lives: ExecutionEvidence['lives'];
  result: ExecutionResult | null;
  execution: Execution;
}

/** A simulation under way: what disturbances act on. */
export interface Stage {
  account: Account;
  /** How each instance stood when everything began, by ID. */
  before: Map<string, Standing>;
  machine: LocalStateMachine;
  executions: Ongoing[];
  reconciler: Reconciler;
  windows: Windows;
  notes: Notes;
  done: DoneDisturbance[];
  follow(ongoing: Ongoing): void;
}

export interface Played {
  evidence: Evidence;
  account: Account;
  machine: LocalStateMachine;
  notes: Note[];
}
