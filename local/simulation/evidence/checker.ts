import type { Evidence } from './evidence.ts';

/** A promise that was broken: which, on whom, when, and how. */
export interface Complaint {
  promise: string;
  instanceId: string | null;
  /** Milliseconds since the epoch; null: at the end. */
  at: number | null;
  text: string;
}

/** Judges one promise, by what happened and by what a person would see; never by the rules that were at work. */
export interface Checker {
  /** Its name: short, for tables. */
  promise: string;
  /** What is promised, in a sentence. */
  says: string;
  check(evidence: Evidence): Omit<Complaint, 'promise'>[];
}
