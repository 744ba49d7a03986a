import type { Report } from '../../../../functions/domain/report/report.ts';
import { bySsm } from '../../evidence/doubt.ts';
import { calls, changes, isStruckBy, LEASE_TAG, pingsOf, runIn } from '../../evidence/evidence.ts';
import { standingsBetween, standingsOf, viewLagMilliseconds } from '../../evidence/standings.ts';
import { isAtLeast } from '../../evidence/versions.ts';
import { hasOtherRun, type ReportedLine } from './reported-line.ts';
import type { WholeReport } from './whole-report.ts';

type Name = keyof Report['checks'];

/** From the look to the report that is made of it: a slow function, and its reading. */
const LOOK_MILLISECONDS = 60_000;

const GONE = new Set(['terminated', 'shutting-down', 'not-found']);

const ASLEEP = new Set(['stopped', 'hibernated']);

/** How an instance was for what the report's look can have shown: for all of that time, for some of it, or never. */
type Truth = 'always' | 'sometimes' | 'never';

const truthOf = (held: boolean[]): Truth => {
  if (held.every(Boolean)) return 'always';
  return held.some(Boolean) ? 'sometimes' : 'never';
};

const since = ({ evidence, ended }: ReportedLine): number => ended - LOOK_MILLISECONDS - viewLagMilliseconds(evidence);

/** Whether the boot that it has is this run's own, or it is down by this run's doing. To `running` it comes by itself, also in the moment of a call. */
const isOwnDoing = ({ evidence, instance, execution, ended }: ReportedLine): boolean =>
  standingsOf(evidence, instance).findLast(
    ({ from, by, standing }) => from <= ended && by !== null && standing !== 'running',
  )?.by?.runId === execution.name;

/** Whether it sleeps as it did before; one that others have started later counts as that. */
function isBack(seen: ReportedLine): Truth {
  const { evidence, instance, line, ended } = seen;
  const shown = [...standingsBetween(evidence, instance, since(seen), ended)];
  const isRight = (standing: string) => standing === line.originalState || standing === 'hibernated';
  return truthOf(
    shown.map((standing) => isRight(standing) || (!ASLEEP.has(standing) && !GONE.has(standing) && !isOwnDoing(seen))),
  );
}

function isFree(seen: ReportedLine): Truth {
  const { evidence, execution, instance, ended } = seen;
  const tagged = changes(evidence, instance.instanceId).flatMap(({ at, facts }) =>
    facts.about === 'tags' && at <= ended ? [{ at, lease: facts.tags[LEASE_TAG] ?? '' }] : [],
  );
  const first = tagged.findLastIndex(({ at }) => at <= since(seen));
  const held = tagged.filter((_, index) => index >= Math.max(first, 0)).map(({ lease }) => lease);
  const isGone = [...standingsBetween(evidence, instance, since(seen), ended)].some((state) => GONE.has(state));
  return truthOf((held.length === 0 ? [''] : held).map((lease) => isGone || runIn(lease) !== execution.name));
}

/** Whether it runs in the boot of the listing; what others have done to it counts as that. */
function isUndisturbed(seen: ReportedLine): Truth {
  const { evidence, instance, execution, listed, ended } = seen;
  const moved = standingsOf(evidence, instance).filter(
    ({ from }) => from > listed - viewLagMilliseconds(evidence) && from <= ended,
  );
  if (moved.length === 0) return 'always';
  return moved.some(({ by }) => by?.runId === execution.name) ? 'never' : 'sometimes';
}

/** A ping that was heard has the target, as its line says. */
const isProved = ({ evidence, instance, line, report }: ReportedLine): Truth =>
  truthOf([
    pingsOf(evidence, instance.instanceId).some(
      ({ at, version }) =>
        version === line.proof?.version &&
        Math.abs(bySsm(evidence, at) - Date.parse(line.proof.pingAt)) < 10 &&
        isAtLeast(version, report.targetVersion),
    ),
  ]);

const isDone = ({ line: { outcome } }: ReportedLine): boolean => outcome === 'updated' || outcome === 'already-current';

/** Whom each check is about, and whether its promise was kept, by the account. */
const claims: Record<Name, { isAbout: (seen: ReportedLine) => boolean; isKept: (seen: ReportedLine) => Truth }> = {
  versions: { isAbout: isDone, isKept: isProved },
  states: {
    isAbout: ({ line }) => line.outcome !== 'excluded' && ASLEEP.has(line.originalState ?? ''),
    isKept: isBack,
  },
  leases: { isAbout: () => true, isKept: isFree },
  launchTimes: {
    isAbout: ({ line }) => line.outcome !== 'excluded' && line.originalState === 'running',
    isKept: isUndisturbed,
  },
};

/** What can be judged without having heard the agents' pings. */
export const SEEN_BY_EC2 = ['states', 'leases', 'launchTimes'] as const;

const ALL: readonly Name[] = ['versions', ...SEEN_BY_EC2];

/** The usual lag of describes, with room for a slow look. */
const USUAL_LAG_SECONDS = 10;

/** Whether EC2 may not have answered, or may have shown what was before; a dead run is reported as soon as it is over. */
const mayBeUnchecked = ({ evidence, execution, report }: WholeReport): boolean =>
  report.diedBeforeReport ||
  evidence.describeLagSeconds > USUAL_LAG_SECONDS ||
  isStruckBy(evidence, execution.endedAt ?? evidence.endedAt) ||
  calls(evidence, 'DescribeInstances').some(
    ({ error, principal }) => error !== null && principal === 'ReportRunFunction',
  );

/** What a reason says where the boot may be another one, whatever else it tells. */
const DOUBT = /is the one that Reveille asked for is not certain/;

/** Whether the run can know whose doing it was: it has a result that says so, and no other run of ours was there. */
const isKnown = (seen: ReportedLine): boolean => {
  const { code = '', text = '' } = seen.line.reason ?? {};
  return !hasOtherRun(seen) && code !== 'no-result' && code !== 'boot-in-doubt' && !DOUBT.test(text);
};

/** What a run says to have checked is so: kept only where the account says so, broken only where it does, and checked if it could be. */
export function aboutChecks(whole: WholeReport, names: readonly Name[] = ALL): string[] {
  return names.flatMap((name) => {
    const { isAbout, isKept } = claims[name];
    const { status, instances } = whole.report.checks[name];
    const lines = whole.lines.filter(isAbout);
    const broken = lines.filter((seen) => isKept(seen) === 'never').map(({ line }) => line.instanceId);
    const kept = lines.filter((seen) => isKept(seen) === 'always' && isKnown(seen)).map(({ line }) => line.instanceId);
    const isUnchecked = status === 'not-checked' && (name === 'versions' || !mayBeUnchecked(whole));
    return [
      ...(status === 'kept' ? broken.map((id) => `it says that its ${name} are kept, and that of ${id} is not`) : []),
      ...instances
        .filter((id) => kept.includes(id))
        .map((id) => `it says that its ${name} are not kept by ${id}, which keeps it`),
      ...((status === 'not-kept') === instances.length > 0
        ? []
        : [`it says that its ${name} are ${status}: ${instances}`]),
      ...(isUnchecked ? [`it has not checked its ${name}, and nothing kept it from that`] : []),
    ];
  });
}

/** Counted anew from its lines. */
export function aboutCauses({ report: { causes, instances } }: WholeReport): string[] {
  const counts = new Map<string, number>();
  for (const { outcome, reason } of instances) {
    if (reason !== null) counts.set(`${reason.code} ${outcome}`, (counts.get(`${reason.code} ${outcome}`) ?? 0) + 1);
  }
  const isRight =
    causes.length === counts.size &&
    causes.every(({ code, outcome, count }) => counts.get(`${code} ${outcome}`) === count) &&
    causes.every(({ count }, index) => index === 0 || count <= (causes[index - 1]?.count ?? 0));
  return isRight ? [] : [`its lines have ${JSON.stringify([...counts])}, and its causes say ${JSON.stringify(causes)}`];
}
