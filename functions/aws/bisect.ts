import { type AwsFailure, describeFailure } from './failures.ts';

export interface Bisected<Id, Reply> {
  replies: Reply[];
  refused: { id: Id; failure: AwsFailure }[];
}

/**
 * Calls an all-or-nothing API for many IDs; where it is refused, halves the IDs until only the bad ones fail
 * (docs/aws-behaviour.md 14, 17). One bad ID among fifty costs 2 * log2(50), about 12 calls; the number is bounded by 2 * n.
 * @param isAboutIds whether an error can be the fault of single IDs; any other error ends it and is thrown
 */
export async function bisect<Id, Reply>(
  ids: Id[],
  call: (ids: Id[]) => Promise<Reply>,
  isAboutIds: (failure: AwsFailure) => boolean,
): Promise<Bisected<Id, Reply>> {
  if (ids.length === 0) return { replies: [], refused: [] };
  try {
    return { replies: [await call(ids)], refused: [] };
  } catch (error) {
    const failure = describeFailure(error);
    if (!isAboutIds(failure)) throw error;
    const [only] = ids;
    if (ids.length === 1 && only !== undefined) return { replies: [], refused: [{ id: only, failure }] };
    const middle = Math.ceil(ids.length / 2);
    const left = await bisect(ids.slice(0, middle), call, isAboutIds);
    const right = await bisect(ids.slice(middle), call, isAboutIds);
    return { replies: [...left.replies, ...right.replies], refused: [...left.refused, ...right.refused] };
  }
}
