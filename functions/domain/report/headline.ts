// The one sentence that says how a run went: the subject of its message, the message's first line, and the head of its page.
import { boundedText } from '../model/plain-text.ts';
import { wordsOf } from '../words/catalogue.ts';
import { CHAT_TITLE_LENGTH_MAX, SUBJECT_LENGTH_MAX } from '../words/message.ts';
import { type MessageWords, messageWords } from '../words/message-words.ts';
import type { Language } from '../words/words.ts';
import { failsItsRun, isLeftAwake, isLeftAwakeByTag, type JudgedInstance, type Report } from './report.ts';
import { BODY_NAME, callNames, listNames, type Named, SUBJECT_NAME } from './shown-names.ts';
import type { WayBackClaim } from './way-back-claim.ts';

/** What a headline reads of a report, and of each instance in it. */
export interface Headlined extends Pick<Report, 'status' | 'diedBeforeReport' | 'counts'> {
  instances: (JudgedInstance & Named & { group: string })[];
}

/** A piece of a headline. */
export interface Clause {
  text: string;
  /** It says what went wrong. */
  isBad: boolean;
}

/** Sentences of clauses. */
export type Headline = Clause[][];

/** How much a headline says: how many names for each cause, whether with the cause, and whether it names the groups. */
interface Detail {
  names: number;
  /** Of those that are left awake. */
  awakeNames?: number;
  hasTitles: boolean;
  hasGroups: boolean;
  /** Left out: what is as it should be is counted, too. */
  isTerse?: true;
}

/** The most that is said comes first. The last one fits with the longest numbers. */
const SUBJECT_DETAILS: Detail[] = [
  ...[5, 3, 2, 1].map((names) => ({ names, hasTitles: true, hasGroups: true })),
  ...[5, 3, 2, 1, 0].map((names) => ({ names, hasTitles: false, hasGroups: true })),
  { names: 0, hasTitles: false, hasGroups: false },
  { names: 0, hasTitles: false, hasGroups: false, isTerse: true },
];

const BODY_DETAILS: Detail[] = [{ names: 10, hasTitles: true, hasGroups: true }, ...SUBJECT_DETAILS];

/** In English, whatever the language: the first that fits into a subject (docs/aws-behaviour.md 90). */
export function subjectOf(report: Report, claim: WayBackClaim): string {
  const calls = callNames(report.instances, SUBJECT_NAME);
  const tellWith = (detail: Detail) => textOf(headline({ report, claim, calls, detail, language: 'en' }), 'en');
  return boundedText(fitting(SUBJECT_DETAILS.map(tellWith), SUBJECT_LENGTH_MAX), SUBJECT_LENGTH_MAX, '');
}

/** The groups stand above the head of a page, and the causes below it. */
const PAGE_DETAILS: Detail[] = [
  { names: 5, hasTitles: true, hasGroups: false },
  { names: 0, awakeNames: 3, hasTitles: false, hasGroups: false },
];

/** Of three lines in large letters. */
const PAGE_HEAD_LENGTH_MAX = 120;

/** At the head of a page: with the causes where they are few, and with the names of what is left awake in any case. */
export function pageHeadOf(report: Headlined, claim: WayBackClaim, language: Language): Headline {
  const calls = callNames(report.instances, BODY_NAME);
  const heads = PAGE_DETAILS.map((detail) => headline({ report, claim, calls, detail, language }));
  return heads.find((head) => textOf(head, language).length <= PAGE_HEAD_LENGTH_MAX) ?? heads.at(-1) ?? [];
}

/** As one text, without a full stop at its end. */
export function textOf(head: Headline, language: Language): string {
  const { comma, fullStop } = messageWords[language];
  return head.map((clauses) => clauses.map(({ text }) => text).join(comma)).join(fullStop);
}

const FIRST_LINE_LENGTH_MAX = 500;

export const firstLineOf = (report: Report, claim: WayBackClaim, language: Language): string =>
  sayWithin(FIRST_LINE_LENGTH_MAX, { report, claim, language });

/** What a chat shows in bold. */
export const chatTitleOf = (report: Report, claim: WayBackClaim, language: Language): string =>
  sayWithin(CHAT_TITLE_LENGTH_MAX, { report, claim, language });

function sayWithin(max: number, { report, claim, language }: Pick<Said, 'report' | 'claim' | 'language'>): string {
  const calls = callNames(report.instances, BODY_NAME);
  return fitting(
    BODY_DETAILS.map((detail) => textOf(headline({ report, claim, calls, detail, language }), language)),
    max,
  );
}

/** The first text that is short enough; else the last one, which says least. */
const fitting = (texts: string[], max: number): string =>
  texts.find(({ length }) => length <= max) ?? texts.at(-1) ?? '';

interface Said {
  report: Headlined;
  claim: WayBackClaim;
  /** How each instance is called. */
  calls: Map<string, string>;
  detail: Detail;
  language: Language;
}

function headline(said: Said): Headline {
  const { report, detail, language } = said;
  const words = messageWords[language];
  const { updated, intended, alreadyCurrent, failed, excluded } = report.counts;
  const failures = report.instances.filter(({ outcome }) => outcome === 'failed');
  const leftAwake = report.instances.filter(isLeftAwake);
  // What is left awake stands at the head already, with its name: that is why the run failed.
  const isUnexplained =
    report.status === 'failed' && failed === 0 && !report.diedBeforeReport && leftAwake.every(isLeftAwakeByTag);
  const bad = (holds: boolean, text: () => string) => clause(holds, text, true);
  return [
    bad(leftAwake.length > 0, () => words.leftAwake(leftAwake.length, whoIsAwake(leftAwake, said))),
    [
      ...clause(true, () => words.updated(scopeOf(said), updated, intended)),
      ...clause(alreadyCurrent > 0 && !detail.isTerse, () => words.alreadyCurrent(alreadyCurrent)),
      ...bad(failed > 0, () => words.failed(failed, because(failures, said))),
      ...clause(excluded > 0 && !detail.isTerse, () => words.excluded(excluded)),
      ...bad(isUnexplained, () => words.butRunFailed(because(report.instances.filter(failsItsRun), said))),
      ...bad(report.diedBeforeReport, () => words.runDied),
    ],
    ...sayBack(said.claim, leftAwake.length, words),
  ].filter((clauses) => clauses.length > 0);
}

const clause = (holds: boolean, text: () => string, isBad = false): Clause[] =>
  holds ? [{ text: text(), isBad }] : [];

function whoIsAwake(leftAwake: Headlined['instances'], { calls, detail, language }: Said): string {
  const words = messageWords[language];
  const byTag = leftAwake.filter(isLeftAwakeByTag);
  const others = leftAwake.filter((one) => !isLeftAwakeByTag(one));
  const namesMax = detail.awakeNames ?? detail.names;
  const shown = (ones: Headlined['instances']) => {
    const names = ones.map(({ instanceId }) => calls.get(instanceId) ?? instanceId);
    return namesMax === 0 ? '' : listNames(names, namesMax, words);
  };
  if (byTag.length === 1 && others.length === 0 && namesMax > 0) return words.brackets(words.byItsTag(shown(byTag)));
  const parts = [shown(others), byTag.length === 0 ? '' : words.byTheirTags(byTag.length)].filter((one) => one !== '');
  return parts.length === 0 ? '' : words.brackets(parts.join(words.semicolon));
}

/** The groups that the instances are in, before the numbers: their names as long as they are short. */
function scopeOf({ report, detail, language }: Said): string {
  const words = messageWords[language];
  const groups = [...new Set(report.instances.map(({ group }) => group))];
  const [first] = groups;
  if (first === undefined || !detail.hasGroups) return '';
  const names = groups.join(words.comma);
  if (names.length <= GROUPS_SHOWN_MAX) return `${names}${words.colon}`;
  return groups.length === 1 ? '' : `${words.groups(groups.length)}${words.colon}`;
}

const GROUPS_SHOWN_MAX = 24;

/** Who and why, each cause once: in brackets behind a number. */
function because(blamed: Headlined['instances'], { calls, detail, language }: Said): string {
  const words = messageWords[language];
  if (blamed.length === 0 || detail.names === 0) return '';
  const callOf = ({ instanceId }: Named) => calls.get(instanceId) ?? instanceId;
  if (!detail.hasTitles) return words.brackets(listNames(blamed.map(callOf), detail.names, words));
  const causes = [...Map.groupBy(blamed, ({ reason }) => reason?.code ?? '')].map(([code, instances]) => {
    const names = listNames(instances.map(callOf), detail.names, words);
    return code === '' ? names : `${names}${words.colon}${lowerFirst(wordsOf(code, language).title)}`;
  });
  return words.brackets(causes.join(words.semicolon));
}

/** `EC2` and `AWS` stay as they are. */
const lowerFirst = (title: string): string =>
  /^[A-Z][a-z ]/.test(title) ? `${title[0]?.toLowerCase()}${title.slice(1)}` : title;

function sayBack(claim: WayBackClaim, leftAwake: number, words: MessageWords): Headline {
  switch (claim.kind) {
    case 'none-moved':
      return [];
    case 'all-back':
      return [clause(true, () => words.allBack)];
    case 'back-late':
      return [clause(true, () => words.backLate(claim.count), true)];
    case 'not-all-back':
      return [clause(true, () => words.notAllBack, true)];
    case 'not-checked':
      return [clause(true, () => words.backNotChecked)];
    case 'some-differ': {
      const others = Math.max(0, claim.differ - leftAwake);
      return [
        clause(others > 0, () => words.notAsBefore(others), true),
        clause(claim.unknown > 0, () => words.stateUnknown(claim.unknown), true),
      ];
    }
  }
}
