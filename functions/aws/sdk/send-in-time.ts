/** Thrown by a call that was not made after all, since its time was over: nothing was done. Its `cause` is what the try before it has met. */
export class OutOfTime extends Error {}

/** Where the middleware stands: inside of the SDK's retries, so it is asked for each of them. */
export const EACH_REQUEST = { step: 'finalizeRequest', priority: 'low', name: 'sendInTime' } as const;

/**
 * Middleware that lets no request leave any more once its time is over, not as a retry of the SDK either: those come up to
 * 15 s after the first.
 * @param mayLeave asked right before each request
 * @throws OutOfTime, from the sending, if a request was held back: an earlier one may have been carried out all the same
 */
export const sendInTime =
  (operation: string, mayLeave: () => boolean) =>
  <Args, Reply>(next: (args: Args) => Promise<Reply>) => {
    let cause: unknown;
    return async (args: Args): Promise<Reply> => {
      if (!mayLeave()) throw new OutOfTime(`${operation}: not sent, as its time was over`, { cause });
      try {
        return await next(args);
      } catch (error) {
        cause = error;
        throw error;
      }
    };
  };

/** So often a call for several is tried where its parts are tried next: of all of them, one may be to blame. */
export const TRIES_OF_SEVERAL = 2;

/** Lets so many requests of one call leave, as long as there is time. */
export function inTries(triesMax: number, mayLeave: () => boolean): () => boolean {
  let tries = 0;
  return () => mayLeave() && tries++ < triesMax;
}

/** What AWS has answered to the last try of a call, where no more was made. */
export const lastAnswer = (error: unknown): unknown => (error instanceof OutOfTime ? (error.cause ?? error) : error);
