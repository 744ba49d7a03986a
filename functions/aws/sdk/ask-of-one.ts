// Questions about one instance: what can't be learned of it is that instance's alone. For calls for many: take-apart.ts.
import { type Refusal, refusalOf } from '../../domain/model/aws-errors.ts';
import { ReveilleError } from '../../domain/model/errors.ts';
import { mapConcurrently } from './batching.ts';
import { describeFailure, FailedCall, isThrottling } from './failures.ts';

/** A question about one: the reply, or why there is none. */
export type OneAnswer<Reply> = { reply: Reply } | { refusal: Refusal };

/** Thrown by a question whose answer does not end: as good as a refusal. */
export class EndlessAnswer extends Error {
  override readonly name = 'TooMuchToRead';
}

/**
 * Asks one question. A refusal is an answer, for whatever cause, in AWS's own words. An answer that can't be read is one, too.
 * @param call the operation that is asked
 * @throws FailedCall for what says nothing of the instance: throttling, a 5xx, no answer. The step is tried again.
 */
export async function askOfOne<Reply>(call: string, ask: () => Promise<Reply>): Promise<OneAnswer<Reply>> {
  try {
    return { reply: await ask() };
  } catch (error) {
    const failure = describeFailure(error);
    const isUnreadable = error instanceof ReveilleError && error.name === 'UnexpectedReply';
    const isAnswer = failure.isRefusal || isUnreadable || error instanceof EndlessAnswer;
    if (!isAnswer) throw new FailedCall(failure.call ?? call, error);
    return { refusal: refusalOf(failure.call ?? call, failure) };
  }
}

/** What was said of each instance, by ID: it is in one of these. */
export interface Answers<Reply> {
  replies: Map<string, Reply>;
  /** What could not be learned, in AWS's words. */
  refusals: Map<string, Refusal>;
}

/**
 * Asks the same of each of them, so many at once. What fails of one while others are answered is that one's, for this look.
 * @throws FailedCall for throttling, and where none was answered
 */
export async function askOfEach<Reply>(
  call: string,
  ids: string[],
  atOnce: number,
  ask: (id: string) => Promise<Reply>,
): Promise<Answers<Reply>> {
  const answers = await mapConcurrently(ids, atOnce, (id) => askOrFail(call, () => ask(id)));
  const failed = answers.flatMap((answer) => ('failed' in answer ? [answer.failed] : []));
  if (failed[0] !== undefined && failed.length === ids.length) throw failed[0];
  return toAnswers(ids, answers);
}

/**
 * The same where no other look follows: what fails of one may be asked again.
 * @throws FailedCall for what passes by itself
 */
export async function askOfEachAtLast<Reply>(
  call: string,
  ids: string[],
  atOnce: number,
  ask: (id: string) => Promise<Reply>,
): Promise<Answers<Reply>> {
  return toAnswers(ids, await mapConcurrently(ids, atOnce, (id) => askOfOne(call, () => ask(id))));
}

function toAnswers<Reply>(ids: string[], answers: OneAnswer<Reply>[]): Answers<Reply> {
  const found: Answers<Reply> = { replies: new Map(), refusals: new Map() };
  for (const [index, id] of ids.entries()) {
    const answer = answers[index];
    if (answer === undefined) continue;
    if ('reply' in answer) found.replies.set(id, answer.reply);
    else found.refusals.set(id, answer.refusal);
  }
  return found;
}

/**
 * The same as askOfOne, where another look follows: what passes by itself is an answer, too, for now.
 * @throws FailedCall for throttling
 */
export async function askOrFail<Reply>(
  call: string,
  ask: () => Promise<Reply>,
): Promise<OneAnswer<Reply> | { refusal: Refusal; failed: FailedCall }> {
  try {
    return await askOfOne(call, ask);
  } catch (error) {
    const failure = describeFailure(error);
    if (!(error instanceof FailedCall) || isThrottling(failure)) throw error;
    return { refusal: refusalOf(error.call, failure), failed: error };
  }
}
