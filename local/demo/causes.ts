import { failsRun, isBenignExclusion } from '../../functions/domain/model/reason.ts';
import { isLeftAwake, type Report, type ReportInstance } from '../../functions/domain/report/report.ts';
import { wordsOf } from '../../functions/domain/words/catalogue.ts';

/** Why a run has failed: one cause, and the instances that it made fail. */
export interface Cause {
  title: string;
  instanceIds: string[];
}

/** What fails the run, by cause: the most frequent first. */
export function causesOf({ instances }: Report): Cause[] {
  const byTitle = new Map<string, string[]>();
  for (const instance of instances.filter(failsItsRun)) {
    const title = titleOf(instance);
    byTitle.set(title, [...(byTitle.get(title) ?? []), instance.instanceId]);
  }
  return [...byTitle]
    .map(([title, instanceIds]) => ({ title, instanceIds }))
    .sort((one, other) => other.instanceIds.length - one.instanceIds.length);
}

function failsItsRun(instance: ReportInstance): boolean {
  const { outcome, reason } = instance;
  if (outcome === 'failed' || isLeftAwake(instance)) return true;
  return reason !== null && (failsRun(reason) || (outcome === 'excluded' && !isBenignExclusion(reason.code)));
}

const titleOf = ({ reason }: ReportInstance): string =>
  reason === null ? 'Left awake' : wordsOf(reason.code, 'en').title;
