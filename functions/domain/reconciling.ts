import * as z from 'zod';
import { type ConveyorInstance, conveyorInstanceSchema } from './conveyor.ts';
import type { InstanceFacts } from './instances.ts';
import { type LeaseStanding, ownLease } from './lease-standing.ts';
import type { HoldRecord } from './leases.ts';
import type { RestoreDecision } from './restoring.ts';
import { WRITERS_DEAD_SECONDS } from './settings.ts';
import { secondsBetween, type Timestamp, timestampSchema } from './time.ts';

/** When the last run ended that reached its report; before the first one, when somebody first looked. */
export const LAST_COMPLETE_RUN_KEY = 'last-complete-run.json';
export const lastCompleteRunSchema = z.object({ runId: z.string().nullable(), endedAt: timestampSchema });

/** One instance that carries a lease. */
export interface Carrier {
  facts: InstanceFacts;
  value: string;
  record: HoldRecord | null;
  standing: LeaseStanding;
}

export type Orphan = Carrier & { record: HoldRecord; standing: Extract<LeaseStanding, { standing: 'orphaned' }> };

export const isOrphan = (carrier: Carrier): carrier is Orphan =>
  carrier.record !== null && carrier.standing.standing === 'orphaned';

/** A lease of this state machine that holds its instance, or did until its run died. */
export const isOpen = ({ value, standing }: Carrier, stateMachine: string): boolean =>
  ownLease(value, stateMachine) !== null && standing.standing !== 'ignored';

/** Since when the oldest of them has been held, in seconds; 0 if there is none. */
export const oldestAgeSeconds = (open: Carrier[], now: Date): number =>
  Math.max(0, ...open.flatMap(({ record }) => (record === null ? [] : [secondsBetween(record.recordedAt, now)])));

/**
 * An orphan as the restoring rules know instances: the work on it is over, with its run. Its commands are found by their
 * comments; who else is at work on it has been so, as far as we know, since the run died.
 */
export function toConveyorInstance({ facts, standing }: Orphan): ConveyorInstance {
  return conveyorInstanceSchema.parse({
    instanceId: facts.instanceId,
    originalState: standing.originalState,
    step: 'restore',
    stepSince: standing.deadSince,
    hold: standing.hold,
    launchTime: facts.launchTime,
    neighbourSince: standing.deadSince,
  });
}

/** Whether no start of a dead run can be on its way any more: a `stopped` is then believed. */
export const areWritersDead = (deadSince: Timestamp, now: Date): boolean =>
  secondsBetween(deadSince, now) >= WRITERS_DEAD_SECONDS;

/** What one pass has done to one instance, for people. */
export interface Reconciled {
  instanceId: string;
  runId: string;
  action: 'restored' | 'handed-over' | 'stopping' | 'waiting' | 'refused';
  finalState: string | null;
  text: string | null;
}

/**
 * What came of a decision.
 * @param refusal what EC2 said if it refused to carry it out
 */
export function toReconciled(
  { facts, record }: Orphan,
  decision: RestoreDecision,
  refusal: string | undefined,
): Reconciled {
  const base = { instanceId: facts.instanceId, runId: record.runId };
  if (refusal !== undefined) return { ...base, action: 'refused', finalState: facts.state, text: refusal };
  switch (decision.action) {
    case 'wait':
    case 'give-up':
      return { ...base, action: 'waiting', finalState: null, text: decision.reason.text };
    case 'stop':
      return { ...base, action: 'stopping', finalState: null, text: null };
    case 'settle': {
      const action = decision.finalState === 'handed-over' ? 'handed-over' : 'restored';
      return { ...base, action, finalState: decision.finalState, text: decision.reason?.text ?? null };
    }
  }
}

/** One that needs no further pass. */
export const isSettled = ({ action }: Reconciled): boolean => action === 'restored' || action === 'handed-over';

/** A pass in words; null if there is nothing that a person has to know. */
export function summarizeReconciled(done: Reconciled[], region: string): { subject: string; message: string } | null {
  const settled = done.filter(isSettled);
  if (settled.length === 0) return null;
  const lines = settled.map(
    ({ instanceId, runId, action, finalState, text }) =>
      `  ${instanceId}  ${action}, ${finalState ?? 'state unknown'}, after run ${runId}${text === null ? '' : `: ${text}`}`,
  );
  const open = done.filter((one) => !isSettled(one));
  const rest = open.map(
    ({ instanceId, action, text }) => `  ${instanceId}  ${action}${text === null ? '' : `: ${text}`}`,
  );
  return {
    subject: `Reveille reconciled: ${settled.length} put back after their run had ended, ${open.length} not yet`,
    message: [
      `A run in ${region} ended before it could put everybody back. Put back now:`,
      ...lines,
      ...(rest.length > 0 ? ['', 'Still held, and tried again:', ...rest] : []),
    ].join('\n'),
  };
}
