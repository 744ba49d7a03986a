import { squeeze } from '../coverage/syntax.ts';

/** The environment variable that has the mutant of a process, as JSON. */
export const MUTANT = 'REVEILLE_MUTANT';

/** One small change of the deployed code, as a person could have made it by mistake. */
export interface Mutant {
  /** Relative to the project. */
  file: string;
  /** Places in the file's text, in UTF-16 units; `start` is also the place whose reaching counts. */
  start: number;
  end: number;
  replacement: string;
  /** What kind of change it is. */
  operator: string;
  /** Counted from 1. */
  line: number;
  /** The text that is replaced. */
  before: string;
  /** The function that it stands in; empty at the top of the file. */
  within: string;
  /** Which of several that look alike in that function, counted from 1. */
  ordinal: number;
}

/** Names a mutant by what it changes and not by its line, so that a judgement outlives changes elsewhere in the file. */
export const keyOf = ({ file, within, operator, before, replacement, ordinal }: Mutant): string =>
  [file, within, operator, squeeze(before), squeeze(replacement), ordinal].join(' | ');

/** A mutant as a person reads it. */
export const sayMutant = ({ file, line, operator, before, replacement }: Mutant): string =>
  `${file}:${line} ${operator}: ${squeeze(before)} -> ${squeeze(replacement) || '(nothing)'}`;

export const applyMutant = ({ start, end, replacement }: Mutant, text: string): string =>
  text.slice(0, start) + replacement + text.slice(end);
