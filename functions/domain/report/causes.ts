import { withLocalMoments } from '../listing/local-time.ts';
import type { AwsError } from '../model/aws-errors.ts';
import type { Reason } from '../model/reason.ts';
import { wordsOfError } from '../words/aws-error-words.ts';
import { wordsOf } from '../words/catalogue.ts';
import type { MessageWords } from '../words/message-words.ts';
import type { Language } from '../words/words.ts';
import { failsItsRun, isLeftAwake, type ReportInstance } from './report.ts';
import { listNames } from './shown-names.ts';

/** One reason for which a person may have to do something, with all whom it concerns. */
export interface Cause {
  title: string;
  /** The first of them, and how many more. */
  names: string;
  /** What is said of the first of them: AWS's own words, often. */
  example: string;
  whatToDo: string;
  /** What AWS's errors among them mean, and what to do about each. */
  errors: { title: string; meaning: string; whatToDo: string }[];
}

/** How causes are told. */
interface CauseTelling {
  calls: Map<string, string>;
  words: MessageWords;
  language: Language;
  /** In which texts have their moments. */
  timeZone: string;
  /** Of each cause. */
  namesMax: number;
}

/** The causes of what did not go as it should, those of failures first. */
export function causesOf(instances: readonly ReportInstance[], telling: CauseTelling): Cause[] {
  const { calls, words, language, timeZone, namesMax } = telling;
  const concerned = instances.filter((instance) => failsItsRun(instance) || isLeftAwake(instance));
  const sorted = [
    ...concerned.filter(({ outcome }) => outcome === 'failed'),
    ...concerned.filter(({ outcome }) => outcome !== 'failed'),
  ];
  return [...Map.groupBy(sorted, ({ reason }) => reason?.code ?? '')].flatMap(([code, group]) => {
    const { title, whatToDo } = wordsOf(code, language);
    if (whatToDo === null) return [];
    const names = group.map(({ instanceId }) => calls.get(instanceId) ?? instanceId);
    const text = withLocalMoments(group[0]?.reason?.text ?? '', timeZone);
    const example = group.length === 1 || text === '' ? text : `${names[0]}${words.colon}${text}`;
    const errors = errorsOf(group).map((error) => wordsOfError(error, language));
    return [{ title, names: listNames(names, namesMax, words), example, whatToDo, errors }];
  });
}

/** One cause has few, as a rule: a policy or a limit answers all alike. */
const ERRORS_MAX = 5;

/** The errors of AWS that the reasons of these instances quote, each once. */
export function errorsOf(instances: readonly { reason: Reason | null }[]): AwsError[] {
  const errors = new Map(
    instances.flatMap(({ reason }) => {
      const error = reason?.awsError;
      return error === undefined ? [] : [[`${error.call}: ${error.code}`, error] as const];
    }),
  );
  return [...errors.values()].slice(0, ERRORS_MAX);
}
