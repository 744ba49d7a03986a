import type { JournalEntry } from '../../account/world/journal.ts';
import type { CallEvidence, ChangeEvidence } from './evidence.ts';

/** Which run an invocation worked for. */
export type RunOfEntry = WeakMap<JournalEntry, string>;

const isTexts = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every((item) => typeof item === 'string');

/** The instances that a call names, whatever the service calls them. */
function idsIn(parameters: Record<string, unknown>): string[] {
  const { InstanceId, InstanceIds, ResourceId } = parameters;
  return [InstanceId, InstanceIds, ResourceId].flatMap((value) => {
    if (typeof value === 'string') return [value];
    return isTexts(value) ? value : [];
  });
}

/**
 * The journal as the checkers read it. What a call changes stands right before it in the journal, at the same moment: so
 * a change that such a call follows is that call's doing.
 */
export function gatherTimeline(entries: JournalEntry[], runs: RunOfEntry): (CallEvidence | ChangeEvidence)[] {
  const timeline: (CallEvidence | ChangeEvidence)[] = [];
  let recent: ChangeEvidence[] = [];
  for (const entry of entries) {
    if (entry.kind === 'change') {
      const { at, instanceId, facts } = entry;
      const change: ChangeEvidence = { kind: 'change', at, instanceId, facts, by: null };
      recent.push(change);
      timeline.push(change);
      continue;
    }
    const { at, principal, service, operation, error } = entry;
    const parameters = (entry.parameters ?? {}) as Record<string, unknown>;
    const runId = runs.get(entry) ?? '';
    const instanceIds = idsIn(parameters);
    if (error === null) {
      for (const change of recent) {
        if (change.at === at && instanceIds.includes(change.instanceId)) change.by = { principal, runId };
      }
    }
    recent = [];
    timeline.push({ kind: 'call', at, principal, runId, service, operation, parameters, instanceIds, error });
  }
  return timeline;
}
