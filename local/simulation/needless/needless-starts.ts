import type { Complaint } from '../evidence/checker.ts';
import { type CallEvidence, calls, clock, type Evidence } from '../evidence/evidence.ts';

type Found = Omit<Complaint, 'promise'>;

/** A refused start is tried again after half a minute at the earliest. */
const RETRY_SECONDS = 25;

/** Within one look: its calls follow on one another. */
const LOOK_SECONDS = 10;

/** A tag that was written so long ago is seen by all of AWS. */
const TAG_SEEN_SECONDS = 20;

const byStarter = (evidence: Evidence, operation: string): CallEvidence[] =>
  calls(evidence, operation).filter(({ principal }) => principal === 'StartInstancesFunction');

/** Errors that a fault or a window made have no parameters: they are no answer to the call itself. */
const isReal = ({ parameters }: CallEvidence): boolean => Object.keys(parameters).length > 0;

const isBetween = ({ at }: CallEvidence, from: number, to: number): boolean => at >= from && at <= to;

/** Instances that wait for their next try are not looked at before it. Where the step itself was struck, it is tried anew. */
function* lookedAtInVain(evidence: Evidence): Generator<Found> {
  if (evidence.faults.some(({ text }) => text.includes('StartInstancesFunction'))) return;
  const starts = byStarter(evidence, 'StartInstances');
  for (const look of byStarter(evidence, 'DescribeInstances')) {
    const text = JSON.stringify(look.parameters);
    const looked = evidence.instances.map(({ instanceId }) => instanceId).filter((id) => text.includes(id));
    // What it has started meanwhile it looks at once.
    const hasRefused = (id: string) => {
      const last = starts.findLast(
        (start) =>
          start.runId === look.runId &&
          isReal(start) &&
          start.instanceIds.includes(id) &&
          isBetween(start, look.at - RETRY_SECONDS * 1000, look.at - 1),
      );
      return last !== undefined && last.error !== null;
    };
    const [first] = looked;
    if (first === undefined || !looked.every(hasRefused)) continue;
    const said = `StartInstancesFunction looked at ${looked.join(', ')} at ${clock(evidence, look.at)}`;
    yield { instanceId: first, at: look.at, text: `${said}, too soon after EC2 had refused to start it` };
  }
}

/** EC2 refuses all for one: those whose lease it must see by now are tried without that one, in the same look. */
function* refusedTogether(evidence: Evidence): Generator<Found> {
  const starts = byStarter(evidence, 'StartInstances');
  for (const start of starts) {
    const { at, runId, error, instanceIds } = start;
    if (error !== 'UnauthorizedOperation' || instanceIds.length < 2 || !isReal(start)) continue;
    const isTriedAgain = starts.some(
      (other) =>
        other.runId === runId &&
        isBetween(other, at + 1, at + LOOK_SECONDS * 1000) &&
        other.instanceIds.length < instanceIds.length &&
        other.instanceIds.some((id) => instanceIds.includes(id)),
    );
    const isLeasedForLong = (id: string) =>
      byStarter(evidence, 'CreateTags').some(
        (tagging) =>
          tagging.runId === runId &&
          tagging.error === null &&
          tagging.instanceIds.includes(id) &&
          tagging.at <= at - TAG_SEEN_SECONDS * 1000,
      );
    const [first] = instanceIds;
    if (first === undefined || isTriedAgain || !instanceIds.every(isLeasedForLong)) continue;
    const text = `EC2 refused ${instanceIds.join(', ')} together at ${clock(evidence, at)}, and none was tried by itself`;
    yield { instanceId: first, at, text };
  }
}

/** Starts that were asked about too soon, or given up together with another's: the first of each kind. */
export const needlessStarts = (evidence: Evidence): Found[] =>
  [lookedAtInVain(evidence), refusedTogether(evidence)].flatMap((found) => [...found].slice(0, 1));
