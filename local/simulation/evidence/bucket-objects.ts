import { type CallEvidence, calls, type Evidence } from './evidence.ts';

/** Who wrote an object as it stood at a moment; null: there was none. */
export function writtenBy(evidence: Evidence, key: string, at: number): CallEvidence | null {
  const last = calls(evidence, 'PutObject', 'DeleteObject').findLast(
    (call) => call.error === null && call.at <= at && call.parameters['key'] === key,
  );
  return last?.operation === 'PutObject' ? last : null;
}
