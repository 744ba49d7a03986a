import { changes, type Evidence, isOurs } from './evidence.ts';

const OPT_OUT_TAG = 'reveille:opt-out';

/** The values that people write here: for good, until a day that is over, or none of that. */
const holds = (value: string | undefined): boolean =>
  value !== undefined && value !== 'false' && !/until 20[01]\d-/.test(value);

/** Since when an instance has carried the opt-out tag, by someone else's word, up to a moment; null: it does not. */
export function optedOutAt(evidence: Evidence, instanceId: string, until: number): number | null {
  let since: number | null = null;
  for (const { at, facts, by } of changes(evidence, instanceId)) {
    if (facts.about !== 'tags' || at > until) continue;
    if (!holds(facts.tags[OPT_OUT_TAG])) since = null;
    else if (by !== null && !isOurs(by.principal)) since ??= at;
  }
  return since;
}
