import type { Orphan } from '../ownership/leased-instance.ts';
import type { RestoreOutcome } from '../steps/restore-result.ts';

/** What one pass has done to one instance, for people. */
export interface ReconcileResult {
  instanceId: string;
  runId: string;
  action: 'restored' | 'handed-over' | 'stopping' | 'waiting' | 'refused';
  finalState: string | null;
  text: string | null;
}

/** What came of the decision on one orphan. */
export function toReconciled(
  { facts, record }: Orphan,
  { decision, refusal }: Pick<RestoreOutcome, 'decision' | 'refusal'>,
): ReconcileResult {
  const base = { instanceId: facts.instanceId, runId: record.runId };
  if (refusal !== null) return { ...base, action: 'refused', finalState: facts.state, text: refusal };
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

/** Whether an instance needs no further pass. */
export const isSettled = ({ action }: ReconcileResult): boolean => action === 'restored' || action === 'handed-over';

/** One pass in words; null as long as no instance is settled, since a person can do nothing about that yet. */
export function summarizeReconciled(
  done: ReconcileResult[],
  region: string,
): { subject: string; message: string } | null {
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
      `A run in ${region} ended before it had restored its instances. Restored now:`,
      ...lines,
      ...(rest.length > 0 ? ['', 'Still held, and tried again:', ...rest] : []),
    ].join('\n'),
  };
}
