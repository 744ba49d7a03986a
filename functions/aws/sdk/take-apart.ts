// A call for many that was refused because of one: whose fault is it? Decided by what is accepted alone, by no list of codes.
import { type AwsFailure, describeFailure, isThrottling } from './failures.ts';
import { OutOfTime } from './send-in-time.ts';

/** What became of each ID: it is in one of these, and once. */
export interface TakenApart<Reply> {
  replies: Reply[];
  /** Refused while others were accepted: it is about these. */
  refused: { id: string; failure: AwsFailure }[];
  /** Refused, and nothing was accepted, or AWS asks to come again later: whom it is about is not known. */
  undecided: { id: string; failure: AwsFailure }[];
  /** There was no time left for these: they were only in calls that were refused as a whole, or in none. */
  untried: string[];
}

export interface TakeApartOptions {
  /** Which look at these IDs it is: each tries three others alone. */
  turn: number;
  /** Whether AWS has answered that nothing was done; any other error is thrown. Left out: a refusal, or throttling. */
  wasRefused?(failure: AwsFailure): boolean;
  /** Asked before each call: under slow answers to take many apart can take longer than a function may. */
  hasTime?(): boolean;
}

/**
 * Calls an all-or-nothing API for many IDs (docs/aws-behaviour.md 14, 17). Where it is refused, the IDs that the message names are
 * set apart first; then three of the rest are tried alone, one of each third. If one of them is
 * accepted, the rest is halved until only the bad ones are refused. If none is, all wait for the next look, which tries others.
 * One bad ID among fifty costs 4 + 2 * log2(50), about 16 calls; the number is bounded by 2 * n + 4.
 */
export async function takeApart<Reply>(
  ids: string[],
  call: (ids: string[]) => Promise<Reply>,
  options: TakeApartOptions,
): Promise<TakenApart<Reply>> {
  const answer = await ask(ids, call, options);
  if (answer.kind !== 'refused' || isThrottling(answer.failure)) return toResult(ids, answer);
  return takeRefusedApart(ids, answer.failure, call, options);
}

/** The same, where the call for all of them has been made, and was refused. */
export async function takeRefusedApart<Reply>(
  ids: string[],
  failure: AwsFailure,
  call: (ids: string[]) => Promise<Reply>,
  options: TakeApartOptions,
): Promise<TakenApart<Reply>> {
  const named = ids.filter((id) => failure.message.includes(id));
  if (named.length > 0 && named.length < ids.length) {
    const rest = await takeApart(without(ids, named), call, options);
    if (rest.replies.length === 0) return join([rest, undecided(named, failure)]);
    return join([rest, await halve(named, call, options)]);
  }
  return probe(ids, failure, call, options);
}

/** Three are tried alone: what one of them says, when it is accepted, no list of codes could know. */
async function probe<Reply>(
  ids: string[],
  failure: AwsFailure,
  call: (ids: string[]) => Promise<Reply>,
  options: TakeApartOptions,
): Promise<TakenApart<Reply>> {
  if (ids.length === 1) return undecided(ids, failure);
  const probes = threeOf(ids, options.turn);
  const alone: TakenApart<Reply>[] = [];
  for (const id of probes) alone.push(toResult([id], await ask([id], call, options)));
  const rest = without(ids, probes);
  const tried = join(alone);
  if (tried.replies.length === 0) return join([tried, undecided(rest, failure)]);
  // Others were accepted, so what was refused alone is to blame itself.
  const refused = tried.undecided.filter(({ failure: own }) => !isThrottling(own));
  const waiting = tried.undecided.filter(({ failure: own }) => isThrottling(own));
  return join([{ ...tried, refused, undecided: waiting }, await halve(rest, call, options)]);
}

/** Others were accepted: halves the IDs until only the bad ones are refused. */
async function halve<Reply>(
  ids: string[],
  call: (ids: string[]) => Promise<Reply>,
  options: TakeApartOptions,
): Promise<TakenApart<Reply>> {
  const answer = await ask(ids, call, options);
  if (answer.kind !== 'refused' || isThrottling(answer.failure)) return toResult(ids, answer);
  const { failure } = answer;
  if (ids.length === 1) return { ...nothing(), refused: ids.map((id) => ({ id, failure })) };
  const middle = Math.ceil(ids.length / 2);
  const first = await halve(ids.slice(0, middle), call, options);
  return join([first, await halve(ids.slice(middle), call, options)]);
}

type Answer<Reply> =
  | { kind: 'accepted'; reply: Reply }
  | { kind: 'refused'; failure: AwsFailure }
  /** Not asked: there is nothing to ask for, or no time. */
  | { kind: 'not-asked' };

/** @throws whatever does not say that nothing was done */
async function ask<Reply>(
  ids: string[],
  call: (ids: string[]) => Promise<Reply>,
  { wasRefused = ({ nothingWasDone }) => nothingWasDone, hasTime = () => true }: TakeApartOptions,
): Promise<Answer<Reply>> {
  if (ids.length === 0 || !hasTime()) return { kind: 'not-asked' };
  try {
    return { kind: 'accepted', reply: await call(ids) };
  } catch (error) {
    if (error instanceof OutOfTime) return { kind: 'not-asked' };
    const failure = describeFailure(error);
    if (!wasRefused(failure)) throw error;
    return { kind: 'refused', failure };
  }
}

function toResult<Reply>(ids: string[], answer: Answer<Reply>): TakenApart<Reply> {
  switch (answer.kind) {
    case 'accepted':
      return { ...nothing(), replies: [answer.reply] };
    case 'refused':
      return undecided(ids, answer.failure);
    case 'not-asked':
      return { ...nothing(), untried: ids };
  }
}

const nothing = () => ({ replies: [], refused: [], undecided: [], untried: [] });

const undecided = (ids: string[], failure: AwsFailure) => ({
  ...nothing(),
  undecided: ids.map((id) => ({ id, failure })),
});

const without = (ids: string[], others: string[]): string[] => ids.filter((id) => !others.includes(id));

/** Whole numbers times this, without what is before the point, are spread evenly, whatever the steps between them. */
const GOLDEN_RATIO = (Math.sqrt(5) - 1) / 2;

/**
 * One of each third: in the first turn those with which the thirds begin. Each turn takes others, and begins with another third,
 * since there may be no time for all three. So each comes to its turn, although other steps count turns, too.
 */
export function threeOf<One>(all: One[], turn: number): One[] {
  const third = Math.ceil(all.length / 3);
  const rank = Math.floor(((turn * GOLDEN_RATIO) % 1) * 3 * third);
  const places = [0, 1, 2].map((later) => {
    const begin = Math.floor((all.length * ((Math.floor(rank / third) + later) % 3)) / 3);
    return (begin + (rank % third)) % all.length;
  });
  return [...new Set(places)].flatMap((place) => all.slice(place, place + 1));
}

/** The results of several groups of IDs, as one. */
export const join = <Reply>(parts: TakenApart<Reply>[]): TakenApart<Reply> => ({
  replies: parts.flatMap(({ replies }) => replies),
  refused: parts.flatMap(({ refused }) => refused),
  undecided: parts.flatMap((part) => part.undecided),
  untried: parts.flatMap(({ untried }) => untried),
});
