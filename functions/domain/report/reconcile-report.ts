import * as z from 'zod';
import type { AwsError } from '../model/aws-errors.ts';
import { OPTED_OUT } from '../model/instance.ts';
import { plainText } from '../model/plain-text.ts';
import { type Timestamp, timestampSchema } from '../model/time.ts';
import { bootOwnerOf } from '../ownership/attempt.ts';
import type { Orphan } from '../ownership/leased-instance.ts';
import type { Hold } from '../steps/hold.ts';
import { isLeftAwakeByEnd } from '../steps/restore-decision.ts';
import type { RestoreOutcome } from '../steps/restore-result.ts';
import type { ReconcileAction } from '../words/reconcile-words.ts';

/** What one pass has done to one instance, for people. */
export interface ReconcileResult {
  instanceId: string;
  runId: string;
  /**
   * `back-now`: restored after others had kept it awake, `held`: they still do, or have just done.
   * `gone`: it was terminated meanwhile, so there was nothing to restore.
   */
  action: ReconcileAction;
  finalState: string | null;
  /** When the dead run had started it, as its LaunchTime says; null: it did not. */
  wokenAt: Timestamp | null;
  text: string | null;
  /** The refusal that the text quotes. */
  awsError?: AwsError;
  name: string | null;
  originalState: string;
}

/** What a pass has settled of a dead run, as it is filed: the run's report is made of this, too. */
export const reconciledSchema = z.object({
  /** When the pass had seen it. */
  at: timestampSchema,
  instances: z.array(
    z.object({
      instanceId: z.string(),
      action: z.string(),
      finalState: z.string().nullable(),
      wokenAt: timestampSchema.nullable().default(null),
    }),
  ),
});
export type Reconciled = z.infer<typeof reconciledSchema>;

/** What came of the decision on one orphan. */
export function toReconciled(
  { facts, record, status }: Orphan,
  { decision, refusal, hold }: Pick<RestoreOutcome, 'decision' | 'refusal'> & { hold: Hold | null },
  now: Date,
): ReconcileResult {
  const { instanceId, launchTime } = facts;
  const name = facts.name === null ? null : plainText(facts.name);
  const isOurs = bootOwnerOf(status.attempts, facts, now) === 'ours';
  const about = { name, originalState: status.originalState, wokenAt: isOurs ? launchTime : null };
  const base = { instanceId, runId: record.runId, ...about };
  if (refusal?.passes === true) return { ...base, action: 'waiting', finalState: null, text: refusal.text };
  if (refusal !== null) {
    const undone = decision.action === 'stop' ? 'it was not stopped' : 'its lease tag was not removed';
    const { text, error } = refusal;
    const told = { text: `${undone}: ${text}`, ...(error && { awsError: error }) };
    return { ...base, action: 'refused', finalState: facts.state, ...told };
  }
  switch (decision.action) {
    case 'wait':
    case 'give-up':
      return { ...base, action: hold === null ? 'waiting' : 'held', finalState: null, text: decision.reason.text };
    case 'stop':
      return { ...base, action: 'stopping', finalState: null, text: null };
    case 'settle': {
      const { finalState, isGone, reason } = decision;
      const isTheirs = finalState === 'handed-over' || finalState === OPTED_OUT;
      const restored = hold === null ? 'restored' : 'back-now';
      const kept = isTheirs ? 'handed-over' : restored;
      const action = isLeftAwakeByEnd(decision) ? 'left-awake' : kept;
      return { ...base, action: isGone ? 'gone' : action, finalState, text: reason?.text ?? null };
    }
  }
}

const SETTLED = new Set<ReconcileResult['action']>(['restored', 'back-now', 'handed-over', 'left-awake', 'gone']);

/** Whether an instance needs no further pass. */
export const isSettled = ({ action }: ReconcileResult): boolean => SETTLED.has(action);
