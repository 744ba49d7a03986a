import * as z from 'zod';
import { OPTED_OUT } from '../model/instance.ts';
import { plainText } from '../model/plain-text.ts';
import { type Timestamp, timestampSchema } from '../model/time.ts';
import { bootOwnerOf } from '../ownership/attempt.ts';
import type { Orphan } from '../ownership/leased-instance.ts';
import type { Hold } from '../steps/hold.ts';
import { isLeftAwakeByEnd } from '../steps/restore-decision.ts';
import { CHANGED, type RestoreOutcome, UNTRIED } from '../steps/restore-result.ts';
import { stopCommands } from './stop-command.ts';

/** What one pass has done to one instance, for people. */
export interface ReconcileResult {
  instanceId: string;
  runId: string;
  /**
   * `back-now`: restored after others had kept it awake, `held`: they still do, or have just done.
   * `gone`: it was terminated meanwhile, so there was nothing to restore.
   */
  action: 'restored' | 'back-now' | 'held' | 'handed-over' | 'left-awake' | 'gone' | 'stopping' | 'waiting' | 'refused';
  finalState: string | null;
  /** When the dead run had started it, as its LaunchTime says; null: it did not. */
  wokenAt: Timestamp | null;
  text: string | null;
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
  if (refusal === UNTRIED || refusal === CHANGED)
    return { ...base, action: 'waiting', finalState: null, text: refusal };
  if (refusal !== null) {
    const undone = decision.action === 'stop' ? 'it was not stopped' : 'its lease tag was not removed';
    return { ...base, action: 'refused', finalState: facts.state, text: `${undone}: ${refusal}` };
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

/**
 * One pass in words; null where it has no news: an instance that waits is told when it is settled. A refusal is news the first
 * time, since someone can put it right.
 */
export function summarizeReconciled(
  done: ReconcileResult[],
  region: string,
  hasNewRefusals: boolean,
): { subject: string; message: string } | null {
  const settled = done.filter(isSettled);
  const open = done.filter((one) => !isSettled(one));
  if (settled.length === 0 && !hasNewRefusals) return null;
  const leftAwake = done.filter(({ action }) => action === 'left-awake');
  return {
    subject: subjectOf(done),
    message: [
      `A run in ${region} ended before it had restored its instances.`,
      ...(settled.length > 0 ? ['Settled now:', ...settled.map(settledLine)] : []),
      ...(leftAwake.length > 0
        ? [
            'To stop what was left awake, once no one needs it:',
            ...stopCommands(leftAwake, region).map((one) => `  ${one}`),
          ]
        : []),
      ...(settled.length > 0 && open.length > 0 ? [''] : []),
      ...(open.length > 0 ? ['Not settled yet; the next pass tries again:', ...open.map(openLine)] : []),
      ...(hasNewRefusals ? ['', REFUSALS_TOLD_ONCE] : []),
    ].join('\n'),
  };
}

const REFUSALS_TOLD_ONCE =
  'AWS refused what ReconcileLeases has to do: its role or a policy has to allow it. This is told once for each run.';

function subjectOf(done: ReconcileResult[]): string {
  const count = (action: ReconcileResult['action']) => done.filter((one) => one.action === action).length;
  const told: [number, string][] = [
    [count('restored'), 'restored'],
    [count('back-now'), 'back now'],
    [count('handed-over'), 'handed over'],
    [count('left-awake'), 'left awake'],
    [count('gone'), 'gone'],
    [count('refused'), 'refused'],
    [count('held'), 'held'],
    [count('stopping') + count('waiting'), 'not yet'],
  ];
  const parts = told.filter(([number]) => number > 0).map(([number, what]) => `${number} ${what}`);
  const leftAwake = count('left-awake');
  return `${leftAwake > 0 ? `LEFT AWAKE: ${leftAwake}. ` : ''}Reveille after a run: ${parts.join(', ')}`;
}

function settledLine({ instanceId, name, runId, action, finalState, text }: ReconcileResult): string {
  const state = finalState ?? 'state unknown';
  const what = action === 'handed-over' ? 'handed over, left awake' : `${action.replace('-', ' ')}, ${state}`;
  const named = action === 'left-awake' && name !== null ? ` (${name})` : '';
  return `  ${instanceId}  ${what}, after run ${runId}${named}${textOf(text)}`;
}

const openLine = ({ instanceId, runId, action, text }: ReconcileResult): string =>
  `  ${instanceId}  ${action}, after run ${runId}${textOf(text)}`;

const textOf = (text: string | null): string => (text === null ? '' : `: ${text}`);
