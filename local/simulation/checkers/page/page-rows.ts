// The table of a page: what its script shows of each instance is what the report says.
import * as z from 'zod';
import type { Report, ReportInstance } from '../../../../functions/domain/report/report.ts';
import { wordsOf } from '../../../../functions/domain/words/catalogue.ts';
import { type MailWords, mailWords, readHeadline } from '../mail/mail-words.ts';
import { withClocks } from '../mail/with-clocks.ts';
import { within } from './page-text.ts';
import { isCounted } from './page-verdict.ts';

const LANGUAGES = ['en', 'ja'] as const;

const text = z.string();

/** As the script of the page reads it. */
const dataSchema = z.object({
  region: text,
  groups: z.array(text),
  outcomes: z.array(text),
  platforms: z.array(text.nullable()),
  states: z.array(text.nullable()),
  versions: z.array(text.nullable()),
  reasons: z.array(z.tuple([text, text])),
  rows: z.array(z.array(z.union([text, z.number(), z.null()]))),
  words: z.record(text, z.object({ title: text, reasons: z.array(text) })),
});
type Data = z.infer<typeof dataSchema>;

const minute = (moment: string | null): string => (moment === null ? '' : moment.slice(11, 16));

/** When an instance was done, as far as its line tells; every simulation is deployed with a schedule in UTC. */
export const doneAt = ({ outcome, times, restoredAt, proof }: ReportInstance): string | null =>
  outcome === 'excluded' ? null : (times.settledAt ?? restoredAt ?? proof?.pingAt ?? null);

/** What a row has to show. */
const shownOf = (line: ReportInstance) => ({
  id: line.instanceId,
  name: line.name ?? '',
  group: line.group,
  platform: line.platform,
  outcome: line.outcome,
  was: line.originalState,
  is: line.finalState,
  before: line.versionBefore,
  after: line.versionAfter,
  awake: line.awakeSeconds === null ? null : Math.round(line.awakeSeconds),
  done: minute(doneAt(line)),
  code: line.reason?.code ?? null,
  text: line.reason === null ? null : withClocks(line.reason.text),
});

function shownIn(row: Data['rows'][number], data: Data): ReturnType<typeof shownOf> {
  const [id, name, group, platform, outcome, was, is, before, after, awake, done, reason] = row;
  const at = <T>(list: T[], place: unknown): T | undefined => list[Number(place)];
  const [code = null, said = null] = reason === -1 ? [] : (at(data.reasons, reason) ?? []);
  return {
    id: String(id),
    name: String(name),
    group: at(data.groups, group) ?? '',
    platform: at(data.platforms, platform) ?? null,
    outcome: at(data.outcomes, outcome) as ReportInstance['outcome'],
    was: at(data.states, was) ?? null,
    is: at(data.states, is) ?? null,
    before: at(data.versions, before) ?? null,
    after: at(data.versions, after) ?? null,
    awake: typeof awake === 'number' ? awake : null,
    done: String(done),
    code,
    text: said,
  };
}

/** Each row shows what its line says, and each title is the catalogue's; in both languages. */
export function aboutRows(page: string, report: Report): string[] {
  const found = dataSchema.safeParse(
    JSON.parse(within(page, /<script type="application\/json" id="data">/, '</script>') || 'null'),
  );
  if (!found.success) return [`the page's data can't be read: ${z.prettifyError(found.error)}`];
  const { data } = found;
  const rows = data.rows.map((row) => shownIn(row, data));
  const wrong = report.instances.flatMap((line, index) => {
    const [should, is] = [shownOf(line), rows[index]];
    const names = Object.keys(should) as (keyof typeof should)[];
    const differing = names.filter((name) => should[name] !== is?.[name]);
    return differing.map(
      (name) => `the page says of ${line.instanceId} ${name} ${is?.[name]} instead of ${should[name]}`,
    );
  });
  return [
    ...(rows.length === report.instances.length ? [] : [`the page has ${rows.length} rows`]),
    ...(data.region === report.region ? [] : [`the page is of ${data.region}`]),
    ...wrong.slice(0, 1),
    ...LANGUAGES.flatMap((language) => {
      const { title = '', reasons = [] } = data.words[language] ?? {};
      const told = readHeadline(title.replace(` · ${report.runId}`, ''), mailWords[language] as MailWords);
      const isTitled = title.endsWith(` · ${report.runId}`) && told !== null && isCounted(told, report);
      const isNamed = data.reasons.every(([code], index) => reasons[index] === wordsOf(code, language).title);
      return [
        ...(isTitled ? [] : [`the page is called ${title}`]),
        ...(isNamed ? [] : [`the page calls ${data.reasons.map(([code]) => code).join(', ')} ${reasons.join(', ')}`]),
      ];
    }),
  ];
}
