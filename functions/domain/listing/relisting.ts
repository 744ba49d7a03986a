// Whether the groups are listed once more before a run decides who takes part: for what is between two states, and for what EC2 does not
// answer for.
import { SILENT_LISTINGS_MAX, SILENT_SECONDS } from '../model/limits.ts';
import { exclusion } from '../model/reason.ts';
import { addSeconds, isAfter, minutesBetween, type Timestamp, toTimestamp } from '../model/time.ts';
import { type Eligibility, excluded } from './eligibility.ts';

/** Since which listing EC2 has not said how an instance is, by its ID. */
export type SilentSince = Record<string, Timestamp>;

interface Judged {
  instanceId: string;
  eligibility: Eligibility;
}

const isSilent = ({ eligibility }: Judged): boolean =>
  eligibility.decision === 'in-transition' && eligibility.reason.code === 'no-answer';

/** @param before what the listing before has found */
export function silentSince(members: Judged[], before: SilentSince, now: Date): SilentSince {
  const silent = members.filter(isSilent).map(({ instanceId }) => instanceId);
  return Object.fromEntries(silent.map((id) => [id, before[id] ?? toTimestamp(now)]));
}

/** Where a run stands with its listings, with the one that was just made. */
export interface Listings {
  count: number;
  max: number;
  silent: SilentSince;
}

/**
 * How many are worth another listing. One that is silent for the first time in the last listing is waited for all the same: what
 * disturbs its zone may be over in a minute.
 * @returns 0 if this listing decides
 */
export function countAwaited(members: Judged[], { count, max, silent }: Listings, now: Date): number {
  const unsettled = members.filter(({ eligibility }) => eligibility.decision === 'in-transition');
  if (count < max) return unsettled.length;
  if (count >= max + SILENT_LISTINGS_MAX) return 0;
  return unsettled.filter(({ instanceId }) => {
    const since = silent[instanceId];
    return since !== undefined && isAfter(addSeconds(since, SILENT_SECONDS), now);
  }).length;
}

/** After the last listing, an instance that is still in transition, or silent, is excluded, and the run is no success. */
export function excludeUnsettled(
  { instanceId, eligibility }: Judged,
  { count, silent }: Listings,
  now: Date,
): Eligibility {
  if (eligibility.decision !== 'in-transition') return eligibility;
  const { text, awsError } = eligibility.reason;
  const since = silent[instanceId];
  return excluded(
    since === undefined
      ? exclusion('still-in-transition', `${text} (still so after ${count} listings)`)
      : exclusion('question-refused', `${text} (still so after ${inMinutes(since, now)})`, awsError),
  );
}

function inMinutes(since: Timestamp, now: Date): string {
  const minutes = minutesBetween(since, now);
  return minutes <= 1 ? 'a minute' : `${minutes} minutes`;
}
