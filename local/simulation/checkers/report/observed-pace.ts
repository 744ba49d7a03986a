import { bySsm } from '../../evidence/doubt.ts';
import { type Boot, bootsOf, pingsOf } from '../../evidence/evidence.ts';
import type { WholeReport } from './whole-report.ts';

/** A reply that is stalled or slow comes so much after the start itself. */
const REPLY_SECONDS_MAX = 60;

/** Rounded to milliseconds. */
const ROUNDING_SECONDS = 0.01;

/** What a report says of AWS's pace is what the journal shows: of the boots that its run brought, and their pings. */
export function aboutPace({ evidence, execution, report, lines }: WholeReport): string[] {
  const { observedPace } = report;
  if (observedPace === undefined) return [];
  const started = lines.flatMap(({ instance }) =>
    bootsOf(evidence, instance)
      .filter((boot): boot is Boot & { at: number; launchTime: number } => boot.ours && boot.launchTime !== null)
      .map((boot) => ({ boot, pings: pingsOf(evidence, instance.instanceId).map(({ at }) => bySsm(evidence, at)) })),
  );
  const launches = started.map(({ boot: { at, launchTime } }) => (launchTime - at) / 1000);
  const pings = started.flatMap(({ boot, pings: all }) => all.map((at) => (at - boot.launchTime) / 1000));
  const runSeconds = (Date.parse(report.endedAt) - execution.startedAt) / 1000;
  const { launchAfterReplySeconds, describeLagSeconds, leaseSeenSeconds, firstPingSeconds } = observedPace;
  const isIn = (value: number, from: number, to: number) =>
    value >= from - ROUNDING_SECONDS && value <= to + ROUNDING_SECONDS;
  const isLaunch = (value: number) => launches.some((one) => isIn(value, one - REPLY_SECONDS_MAX, one));
  const isPing = (value: number) => pings.some((one) => isIn(value, one, one));
  const isLag = (value: number) => isIn(value, 0, evidence.describeLagSeconds + REPLY_SECONDS_MAX);
  const isOfRun = (value: number) => isIn(value, 0, runSeconds);
  return [
    ...aboutRange('LaunchTime', launchAfterReplySeconds, started.length, isLaunch),
    ...aboutRange('the lag of describes', describeLagSeconds, started.length, isLag),
    ...aboutRange('the first look at a lease', leaseSeenSeconds, lines.length, isOfRun),
    ...aboutRange('the first ping', firstPingSeconds, lines.length, isPing),
  ];
}

function aboutRange(
  what: string,
  range: { instances: number; min: number; median: number; max: number } | null,
  instancesMax: number,
  isTrue: (value: number) => boolean,
): string[] {
  if (range === null) return [];
  const { instances, min, median, max } = range;
  const isOrdered = min <= median && median <= max && instances >= 1 && instances <= instancesMax;
  const isSeen = [min, median, max].every(isTrue);
  return isOrdered && isSeen ? [] : [`it says of ${what} ${JSON.stringify(range)}, and the journal does not`];
}
