import { failsRun, isBenignExclusion } from '../../functions/domain/model/reason.ts';
import { errorsOf } from '../../functions/domain/report/causes.ts';
import { isLeftAwake, type Report, type ReportInstance } from '../../functions/domain/report/report.ts';
import { wordsOfError } from '../../functions/domain/words/aws-error-words.ts';
import { wordsOf } from '../../functions/domain/words/catalogue.ts';

/** Why a run has failed: one cause, and the instances that it made fail. */
export interface Cause {
  title: string;
  instanceIds: string[];
  /** What AWS's errors among them mean, and what to do about each. */
  errors: string[];
}

/** What fails the run, by cause: the most frequent first. */
export function causesOf({ instances }: Report): Cause[] {
  return [...Map.groupBy(instances.filter(failsItsRun), titleOf)]
    .map(([title, group]) => ({
      title,
      instanceIds: group.map(({ instanceId }) => instanceId),
      errors: errorsOf(group).map((error) => textOf(wordsOfError(error, 'en'))),
    }))
    .sort((one, other) => other.instanceIds.length - one.instanceIds.length);
}

function failsItsRun(instance: ReportInstance): boolean {
  const { outcome, reason } = instance;
  if (outcome === 'failed' || isLeftAwake(instance)) return true;
  return reason !== null && (failsRun(reason) || (outcome === 'excluded' && !isBenignExclusion(reason.code)));
}

const titleOf = ({ reason }: ReportInstance): string =>
  reason === null ? 'Left awake' : wordsOf(reason.code, 'en').title;

const textOf = ({ title, meaning, whatToDo }: ReturnType<typeof wordsOfError>): string =>
  `${title}: ${meaning} ${whatToDo}`;
