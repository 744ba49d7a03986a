import { isBenignExclusion } from '../../functions/domain/model/reason.ts';
import { isLeftAwake, type Report, type ReportInstance } from '../../functions/domain/report/report.ts';

/** A run in a few sentences: first what is wrong, then what is right. */
export interface Verdict {
  wrong: string[];
  right: string[];
}

/** @param isKept whether both promises were checked and held */
export function verdictOf(report: Report, isKept: boolean): Verdict {
  const { counts, instances, targetVersion } = report;
  const tookPart = counts.intended - counts.excluded;
  const proved = counts.updated + counts.alreadyCurrent;
  if (!isKept) {
    const claim = `The report claims ${proved} of ${tookPart} agents on ${targetVersion}; see below what speaks against it.`;
    return { wrong: ['A promise was broken, or could not be checked.'], right: [claim] };
  }
  if (tookPart === 0) return { wrong: ['No instance could be updated: none of them takes part.'], right: [] };
  const leftAwake = instances.filter(isLeftAwake).length;
  const neverReached = instances.filter(isNeverReached).length;
  return {
    wrong: [
      ...(leftAwake > 0 ? [`Left awake: ${leftAwake}.`] : []),
      ...(counts.failed > 0 ? [`${counts.failed} of ${tookPart} failed.`] : []),
      ...(neverReached > 0 ? [`${plural(neverReached, 'instance was', 'instances were')} never reached.`] : []),
    ],
    right: [provedOf(proved, tookPart, targetVersion), ...backOf(instances, leftAwake)],
  };
}

/** A number with its noun, in singular or plural. */
export const plural = (count: number, one: string, many: string): string => `${count} ${count === 1 ? one : many}`;

/** It was hibernated, and is just stopped: its memory is lost. */
export const hasLostHibernation = ({ originalState, finalState }: ReportInstance): boolean =>
  originalState === 'hibernated' && finalState === 'stopped';

/** It was left out, and that is a failure in disguise. */
const isNeverReached = ({ outcome, reason }: ReportInstance): boolean =>
  outcome === 'excluded' && !isBenignExclusion(reason?.code ?? '');

function provedOf(proved: number, tookPart: number, version: string): string {
  if (proved === 0) return `No agent is proved to be on ${version}.`;
  if (proved < tookPart) return `${plural(proved, 'agent is', 'agents are')} proved to be on ${version}.`;
  return tookPart === 1
    ? `Its agent is proved to be on ${version}.`
    : `All ${proved} agents are proved to be on ${version}.`;
}

/** Whether all instances stand as they did. Of those that were left awake the verdict has spoken already. */
function backOf(instances: ReportInstance[], leftAwake: number): string[] {
  const changed = instances.filter(({ originalState, finalState }) => originalState !== finalState);
  if (changed.length === 0) return ['Every instance is back as it was.'];
  const lost = changed.filter(hasLostHibernation).length;
  const others = changed.filter((one) => !hasLostHibernation(one) && !isLeftAwake(one)).length;
  const exceptions = [
    ...(leftAwake > 0 ? [`${leftAwake} left awake`] : []),
    ...(lost > 0 ? [plural(lost, 'lost hibernation', 'lost hibernations')] : []),
    ...(others > 0 ? [plural(others, 'that someone else has changed', 'that others have changed')] : []),
  ];
  return [`All are back as they were, but for ${exceptions.join(', ')}.`];
}
