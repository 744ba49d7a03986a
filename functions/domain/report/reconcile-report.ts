import type { Orphan } from '../ownership/leased-instance.ts';
import type { RestoreDecision } from '../steps/restore.ts';

/** What one pass has done to one instance, for people. */
export interface ReconcileResult {
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
): ReconcileResult {
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
export const isSettled = ({ action }: ReconcileResult): boolean => action === 'restored' || action === 'handed-over';

/** A pass in words; null if there is nothing that a person has to know. */
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
      `A run in ${region} ended before it could put everybody back. Put back now:`,
      ...lines,
      ...(rest.length > 0 ? ['', 'Still held, and tried again:', ...rest] : []),
    ].join('\n'),
  };
}
