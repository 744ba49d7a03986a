import type { Language } from '../../../words/words.ts';
import type { Night } from '../facts/night.ts';
import type { PhaseName } from '../facts/phases.ts';
import type { Markup } from '../markup/html.ts';

export type OutcomeName = 'updated' | 'already-current' | 'failed' | 'excluded';

/** All that the page says itself. What stands for a cause is in functions/domain/words. */
export interface PageWords {
  language: Language;
  /** Between sentences, and between things that are named one after another. */
  gap: string;
  comma: string;
  fullStop: string;
  number(value: number): string;
  duration(seconds: number): string;
  date(moment: number, timeZone: string): string;
  masthead: {
    run: string;
    account: string;
    skipToFailures: string;
    skipToTable: string;
    /** In itself. */
    otherLanguage: string;
  };
  deck(night: Night): string;
  promises: PromiseWords;
  equation: { heading: string; intended: string; one: string; many(each: number): string };
  failures: FailureWords;
  timeline: TimelineWords;
  took: TookWords;
  table: TableWords;
  leftOut: { heading(count: number): string; none: string };
  leftAwake: { heading(count: number): string; toStop(count: number): string };
  afterRun: { heading: string; says: string; actions: Record<string, string>; otherwise(state: string): string };
  outcomes: Record<OutcomeName, string>;
  /** EC2's states, and those that reports add. */
  states: Record<string, string>;
  unknownState: string;
  footer(night: Night): string;
}

export interface PromiseWords {
  heading: string;
  noFalseSuccess: string;
  backAsItWas: string;
  kept: string;
  notKept(count: number): string;
  notChecked: string;
  updated(count: number): Markup;
  current(count: number): Markup;
  accounted(count: number, haveReasons: boolean): Markup;
  versionsNotChecked: Markup;
  woken(count: number, stopped: number, hibernated: number): Markup;
  running(count: number, isChecked: boolean): Markup;
  leases: Markup;
  statesNotChecked: Markup;
  leftAwake: string;
  notAsBefore: string;
  /** Put back by ReconcileLeases, after the report. */
  backSince: string;
}

export interface FailureWords {
  heading(count: number, causes: number): string;
  /** In what order the causes stand. */
  order: string;
  none: string;
  /** Why a run fails in which no instance took part. */
  noneTookPart: string;
  cause: string;
  seen: string;
  toDo: string;
  more(count: number): string;
  moreTexts(count: number): string;
  besides: string;
  died: string;
  copy: string;
  copied: string;
  look: string;
  /** Above what an instance's command has printed, or what AWS has answered. */
  printed: string;
  saidByAws: string;
  chronicle: {
    startAccepted: string;
    running: string;
    firstPing: string;
    sent: string;
    sentAgain: string;
    ended: string;
    stopAccepted: string;
    settled: string;
    awakeFor(duration: string): string;
    restored: string;
    woken: string;
    noPing: string;
    noEnd: string;
    refused(count: number, from: string, to: string): string;
    fellBack(count: number, from: string, to: string): string;
  };
}

export interface TimelineWords {
  heading: string;
  headingMany: string;
  clock(timeZone: string): string;
  awakeAtOnce: string;
  most(count: number, at: string): string;
  /** In which zone the clock is, and from when on it is drawn denser. */
  note(timeZone: string, fold: { at: string; times: number } | null): string;
  listing: string;
  group(name: string, count: number): string;
  wasAsleep: string;
  wasRunning: string;
  eachLine: string;
  eachLineOf(count: number): string;
  late(count: number): string;
  moreLate(count: number): string;
  halfDone(half: string, most: string): string;
  failed(count: number): string;
  awakeFor(duration: string): string;
  notWoken: string;
  ranOn: string;
  noTime: string;
  median: string;
  p90: string;
  longest: string;
  refused(count: number): string;
  lessKnown: string;
  phases: Record<PhaseName, { letter: string; name: string; means: string }>;
}

export interface TookWords {
  heading: string;
  awakeTogether: string;
  perInstance: string;
  longest: string;
  duration: string;
  where: string;
  longestAlone(name: string, share: number): string;
  longestFew(count: number, share: number): string;
  nothingWoken: string;
  /** Of so many that were woken it is not known how long they were awake. */
  untimed(count: number): string;
}

export interface TableWords {
  heading: string;
  search: string;
  all: string;
  name: string;
  group: string;
  outcome: string;
  state: string;
  version: string;
  awake: string;
  done: string;
  reason: string;
  shown: string;
  showAll: string;
  noMatch: string;
  needsScript: string;
  units: { s: string; min: string; h: string; afterHours: string };
}
