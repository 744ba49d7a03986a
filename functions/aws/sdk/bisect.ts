// Calls that are all or nothing: which of the IDs is at fault?
import { type AwsFailure, describeFailure } from './failures.ts';

export interface Bisected<Id, Reply> {
  replies: Reply[];
  refused: { id: Id; failure: AwsFailure }[];
  /** There was no time left for these: they were only in calls that were refused as a whole, or in none. */
  untried: Id[];
}

/** Thrown by a call that was not made after all, since its time was over: nothing was done. */
export class OutOfTime extends Error {}

export interface BisectOptions {
  /** Whether an error can be the fault of single IDs; any other error ends it and is thrown. */
  isAboutIds(failure: AwsFailure): boolean;
  /** Whether an error that can be of single IDs is taken for all of them at once, without asking which. */
  isAboutAll?(failure: AwsFailure): boolean;
  /** Asked before each call: under throttling a bisection can take longer than a function may. */
  hasTime?(): boolean;
}

/**
 * Calls an all-or-nothing API for many IDs; where it is refused, halves the IDs until only the bad ones fail
 * (docs/aws-behaviour.md 14, 17). One bad ID among fifty costs 2 * log2(50), about 12 calls; the number is bounded by 2 * n.
 */
export async function bisect<Id, Reply>(
  ids: Id[],
  call: (ids: Id[]) => Promise<Reply>,
  options: BisectOptions,
): Promise<Bisected<Id, Reply>> {
  const { isAboutIds, isAboutAll = () => false, hasTime = () => true } = options;
  if (ids.length === 0) return { replies: [], refused: [], untried: [] };
  if (!hasTime()) return { replies: [], refused: [], untried: ids };
  try {
    return { replies: [await call(ids)], refused: [], untried: [] };
  } catch (error) {
    if (error instanceof OutOfTime) return { replies: [], refused: [], untried: ids };
    const failure = describeFailure(error);
    if (!isAboutIds(failure)) throw error;
    if (ids.length === 1 || isAboutAll(failure)) {
      return { replies: [], refused: ids.map((id) => ({ id, failure })), untried: [] };
    }
    const middle = Math.ceil(ids.length / 2);
    return bisectEach([ids.slice(0, middle), ids.slice(middle)], call, options);
  }
}

/** One group of IDs after the other, as long as there is time: those that are in the first ones have their turn first. */
export async function bisectEach<Id, Reply>(
  groups: Id[][],
  call: (ids: Id[]) => Promise<Reply>,
  options: BisectOptions,
): Promise<Bisected<Id, Reply>> {
  const parts: Bisected<Id, Reply>[] = [];
  for (const group of groups) parts.push(await bisect(group, call, options));
  return {
    replies: parts.flatMap(({ replies }) => replies),
    refused: parts.flatMap(({ refused }) => refused),
    untried: parts.flatMap(({ untried }) => untried),
  };
}
