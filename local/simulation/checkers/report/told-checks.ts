// What a check says in words: of how many it was kept, and whose doing the rest is.
import type { Report } from '../../../../functions/domain/report/report.ts';
import type { ReportedLine } from './reported-line.ts';
import type { WholeReport } from './whole-report.ts';

type Name = keyof Report['checks'];

const ASLEEP = ['stopped', 'hibernated'];

const isDone = ({ line: { outcome } }: ReportedLine): boolean => outcome === 'updated' || outcome === 'already-current';

const tookPart = ({ line }: ReportedLine): boolean => line.outcome !== 'excluded';

/** Whether a check is of this instance. One that its owner has taken out in mid-run had taken part. */
const isOf: Record<Name, (seen: ReportedLine) => boolean> = {
  versions: isDone,
  states: (seen) => wasIn(seen) && ASLEEP.includes(seen.line.originalState ?? ''),
  leases: () => true,
  launchTimes: (seen) => wasIn(seen) && seen.line.originalState === 'running',
};

/** By the manifest: what is excluded there was never taken in hand. */
const wasIn = (seen: ReportedLine): boolean => {
  const listed = seen.evidence.overheard.manifests[seen.execution.name]?.instances;
  const member = listed?.find(({ instanceId }) => instanceId === seen.line.instanceId);
  return member === undefined ? tookPart(seen) : member.decision === 'take-part';
};

const numberIn = (text: string, pattern: RegExp): number => Number(pattern.exec(text)?.[1] ?? 0);

/** All of them are accounted for: kept, not kept, by the doing of others, or not to be judged. */
function aboutWords(name: Name, { status, instances, text }: Report['checks'][Name], total: number): string[] {
  const [, first, of] = /: (\d+) of (\d+)/.exec(text) ?? [];
  // What was asked of no one, or could not be asked, has no numbers.
  if (first === undefined) {
    const isUnasked = status === 'not-checked' && instances.length === 0;
    return (status === 'kept' && total === 0) || isUnasked ? [] : [`its check of ${name} counts no one: ${text}`];
  }
  const others = numberIn(text, /(\d+) by the doing of others/);
  const unclear = numberIn(text, /(\d+) not to be judged/);
  const isBroken = status === 'not-kept';
  const should = isBroken ? instances.length : total - others - unclear;
  const isSum = Number(of) === total && Number(first) === should && others + unclear <= total;
  const isUnclear = isBroken || (status === 'not-checked') === unclear > 0;
  return isSum && isUnclear ? [] : [`its check of ${name} is of ${total}, is ${status}, and says: ${text}`];
}

const NAMES: readonly Name[] = ['versions', 'states', 'leases', 'launchTimes'];

/** Each check counts whom it is about. */
export const aboutCheckWords = ({ report, lines }: WholeReport): string[] =>
  lines.length < report.instances.length
    ? []
    : NAMES.flatMap((name) => aboutWords(name, report.checks[name], lines.filter(isOf[name]).length));
