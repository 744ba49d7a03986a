import type { ReportInstance } from '../../../functions/domain/report/report.ts';
import { type BehaviourName, behaviours } from '../../account/fleet/behaviours.ts';
import type { Complaint } from '../evidence/checker.ts';
import type { Evidence } from '../evidence/evidence.ts';
import { NEIGHBOUR_ID, SPECIAL_ID } from '../scenario/quiet-nights.ts';

/** Where EC2 itself does not let it be as it was: that is what the behaviour is. */
const ENDS_OTHERWISE: Partial<Record<BehaviourName, string>> = {
  'hangs-in-pending': 'pending',
  'stuck-stopping': 'stopping',
  'hibernation-falls-back': 'stopped',
};

/** An ending as the table of behaviours writes it: the outcome, and the reason's code if there is one. */
const endingOf = ({ outcome, reason }: ReportInstance): string =>
  reason === null ? outcome : `${outcome}: ${reason.code}`;

/** What differs from the table of behaviours in a night that was quiet but for this one. */
export function judgeQuietNight(behaviour: BehaviourName, evidence: Evidence): Complaint[] {
  const complain = (instanceId: string, text: string): Complaint => ({
    promise: 'quiet-night',
    instanceId,
    at: null,
    text: `${behaviour}: ${text}`,
  });
  const lines = evidence.executions[0]?.report?.instances ?? [];
  const judgeOne = (instanceId: string, who: string, ends: string, is: string | undefined): Complaint[] => {
    const line = lines.find((one) => one.instanceId === instanceId);
    const instance = evidence.instances.find((one) => one.instanceId === instanceId);
    const ended = line === undefined ? 'not in the report' : endingOf(line);
    const state = is ?? instance?.settled;
    return [
      ...(ended === ends ? [] : [complain(instanceId, `${who} is to end as "${ends}", and ended as "${ended}"`)]),
      ...(instance?.after.state === state
        ? []
        : [complain(instanceId, `${who} is to be ${state} afterwards, and is ${instance?.after.state}`)]),
      ...(ended !== 'updated' || instance?.after.version === evidence.latestVersion
        ? []
        : [complain(instanceId, `${who} is called updated, and has ${instance?.after.version}`)]),
    ];
  };
  return [
    ...judgeOne(SPECIAL_ID, 'it', behaviours[behaviour].ends, ENDS_OTHERWISE[behaviour]),
    ...judgeOne(NEIGHBOUR_ID, 'its healthy neighbour', 'updated', undefined),
  ];
}
