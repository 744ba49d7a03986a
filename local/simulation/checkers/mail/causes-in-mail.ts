import type { AwsError } from '../../../../functions/domain/model/aws-errors.ts';
import type { Report, ReportInstance } from '../../../../functions/domain/report/report.ts';
import { wordsOfError } from '../../../../functions/domain/words/aws-error-words.ts';
import { wordsOf } from '../../../../functions/domain/words/catalogue.ts';
import type { Language } from '../../../../functions/domain/words/words.ts';
import { countedIn, namedIn } from './awake-in-mail.ts';
import type { MailWords } from './mail-words.ts';
import { withClocks } from './with-clocks.ts';

/** A cause as a mail tells it: whom it concerns, what is said of one of them, and what to do. */
interface ToldCause {
  names: string;
  example: string;
  whatToDo: string;
  /** What is said of each error of AWS. */
  errors: string[];
}

/** The lines below a title: an example, if there is one, what to do, and so many errors of AWS. */
function readCause(lines: string[], title: string, errorsMax: number): ToldCause | null {
  const at = lines.findIndex((line) => line.startsWith(`  ${title}`));
  if (at < 0) return null;
  const below: string[] = [];
  for (const line of lines.slice(at + 1)) {
    if (!line.startsWith('    ')) break;
    below.push(line.slice(4));
  }
  const names = (lines[at] ?? '').slice(2 + title.length);
  const errors = errorsMax === 0 ? [] : below.splice(-errorsMax);
  return { names, example: below.slice(0, -1).join('\n'), whatToDo: below.at(-1) ?? '', errors };
}

const isCalled = (name: string, line: ReportInstance): boolean => line.name === name || line.instanceId === name;

/** Whether an example is what the report says of one of them, with its name before it where there are several. */
function isExample(example: string, lines: ReportInstance[], { colon }: MailWords): boolean {
  const texts = lines.map((line) => ({ line, text: withClocks(line.reason?.text ?? '') }));
  if (lines.length === 1) return example === texts[0]?.text;
  const first = texts[0];
  if (first?.text === '') return example === '';
  return texts.some(
    ({ line, text }) =>
      text !== '' && [line.name, line.instanceId].some((name) => name !== null && example === `${name}${colon}${text}`),
  );
}

/** Each reason of a failure is told once: whom it concerns, what was said of one of them, and what a person may do. */
export function aboutToldCauses(
  { instances }: Report,
  message: string,
  language: Language,
  words: MailWords,
): string[] {
  const codes = new Set(instances.flatMap(({ outcome, reason }) => (outcome === 'failed' ? [reason?.code ?? ''] : [])));
  const lines = message.split('\n');
  return [...codes].flatMap((code) => {
    const { title, whatToDo } = wordsOf(code, language);
    if (whatToDo === null) return [];
    const quoted = new Set(
      instances.flatMap(({ reason }) =>
        reason?.code === code && reason.awsError !== undefined ? [JSON.stringify(reason.awsError)] : [],
      ),
    );
    const told = readCause(lines, `${title}${words.colon}`, Math.min(quoted.size, 5));
    if (told?.whatToDo !== whatToDo) return [`the mail does not say what to do about ${code}`];
    const failed = instances.filter(({ outcome, reason }) => outcome === 'failed' && reason?.code === code);
    // One that is left awake or left out may have the same reason, and is no failure.
    const concerned = instances.filter((line) => line.reason?.code === code);
    const strangers = namedIn(told.names).filter((name) => !concerned.some((line) => isCalled(name, line)));
    const count = countedIn(told.names);
    const untold = [...quoted].slice(0, 5).filter((one) => !isErrorTold(JSON.parse(one), told.errors, language));
    return [
      ...untold.map((one) => `the mail does not say what ${one} means, or what to do about it`),
      ...(strangers.length === 0 ? [] : [`the mail calls ${strangers.join(', ')} ${code}`]),
      ...(count >= failed.length && count <= concerned.length
        ? []
        : [`${failed.length} failed as ${code}, and the mail tells of ${told.names}`]),
      ...(isExample(told.example, concerned, words) ? [] : [`no one failed as ${code} with: ${told.example}`]),
    ];
  });
}

/** An error of AWS is called by its call and its code, and told in the words of its row. */
function isErrorTold(error: AwsError, told: string[], language: Language): boolean {
  const { meaning, whatToDo } = wordsOfError(error, language);
  const named = told.find((line) => line.startsWith(`${error.call}: ${error.code}`));
  return named?.endsWith(`${meaning} ${whatToDo}`) === true;
}
