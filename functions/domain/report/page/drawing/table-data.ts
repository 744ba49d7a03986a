import { withLocalMoments } from '../../../listing/local-time.ts';
import { wordsOf } from '../../../words/catalogue.ts';
import type { Night, NightInstance } from '../facts/night.ts';
import { silhouettesOf } from '../facts/silhouettes.ts';
import { consoleOf } from '../markup/instance-link.ts';
import type { OutcomeName, PageWords } from '../words/page-words.ts';
import { titleOf } from './headline.ts';

/** In the order of the table: what a person has to see comes first. */
export const OUTCOMES: OutcomeName[] = ['failed', 'excluded', 'updated', 'already-current'];

/** One instance, as the script of the page reads it; numbers are places in the lists of TableData. */
export type TableRow = [
  id: string,
  name: string,
  group: number,
  platform: number,
  outcome: number,
  was: number,
  is: number,
  before: number,
  after: number,
  awakeSeconds: number | null,
  done: string,
  reason: number,
];

/** All instances, once for both languages. */
export interface TableData {
  console: string;
  region: string;
  groups: string[];
  platforms: (string | null)[];
  outcomes: string[];
  states: (string | null)[];
  versions: (string | null)[];
  /** Codes, and what stands beside them. */
  reasons: [code: string, text: string][];
  rows: TableRow[];
  /** The rows of each silhouette. */
  lines: Record<string, number[]>;
  /** What the table says, by language. */
  words: Record<string, TableTexts>;
}

interface TableTexts {
  title: string;
  table: Pick<PageWords['table'], 'group' | 'awake' | 'shown' | 'showAll' | 'noMatch' | 'units'>;
  outcomes: Record<string, string>;
  states: Record<string, string>;
  unknownState: string;
  copied: string;
  /** Titles of the reasons, in their order. */
  reasons: string[];
}

export function tableDataOf(night: Night, languages: PageWords[]): TableData {
  const { report, groups, instances } = night;
  const [platforms, states, versions, reasons] = [
    createList<string | null>(),
    createList<string | null>(),
    createList<string | null>(),
    createList<[string, string]>(),
  ];
  const toRow = (one: NightInstance): TableRow => [
    one.instanceId,
    one.name ?? '',
    groups.indexOf(one.group),
    platforms.placeOf(one.platform),
    OUTCOMES.indexOf(one.outcome),
    states.placeOf(one.originalState),
    states.placeOf(one.finalState),
    versions.placeOf(one.versionBefore),
    versions.placeOf(one.versionAfter),
    one.awakeSeconds === null ? null : Math.round(one.awakeSeconds),
    one.doneAt === null ? '' : night.clock.minute(night.at(one.doneAt)),
    one.reason === null ? -1 : reasons.placeOf([one.reason.code, withLocalMoments(one.reason.text, report.timeZone)]),
  ];
  const rows = instances.map(toRow);
  return {
    console: consoleOf(report.region),
    region: report.region,
    groups,
    platforms: platforms.values,
    outcomes: OUTCOMES,
    states: states.values,
    versions: versions.values,
    reasons: reasons.values,
    rows,
    lines: Object.fromEntries(silhouettesOf(night).map(({ id, lines }) => [id, lines.map(({ index }) => index)])),
    words: Object.fromEntries(languages.map((words) => [words.language, textsOf(night, words, reasons.values)])),
  };
}

function textsOf(night: Night, words: PageWords, reasons: TableData['reasons']): TableTexts {
  const { group, awake, shown, showAll, noMatch, units } = words.table;
  return {
    title: titleOf(night, words),
    table: { group, awake, shown, showAll, noMatch, units },
    outcomes: words.outcomes,
    states: words.states,
    unknownState: words.unknownState,
    copied: words.failures.copied,
    reasons: reasons.map(([code]) => wordsOf(code, words.language).title),
  };
}

/** A list in which each value stands once. */
function createList<T>(): { values: T[]; placeOf: (value: T) => number } {
  const values: T[] = [];
  const places = new Map<string, number>();
  return {
    values,
    placeOf(value) {
      const key = JSON.stringify(value);
      const known = places.get(key);
      if (known !== undefined) return known;
      places.set(key, values.length);
      return values.push(value) - 1;
    },
  };
}
