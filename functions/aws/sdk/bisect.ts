// Questions that are all or nothing: which of the IDs is at fault? For calls that change something: take-apart.ts.
import { type AwsFailure, describeFailure } from './failures.ts';

/**
 * Asks an all-or-nothing API about many IDs; where that is refused, halves them until only the bad ones are left out (15).
 * One bad ID among fifty costs 2 * log2(50), about 12 calls; the number is bounded by 2 * n.
 * @param isAboutIds whether an error can be the fault of single IDs; any other error is thrown
 */
export async function bisect<Reply>(
  ids: string[],
  call: (ids: string[]) => Promise<Reply>,
  isAboutIds: (failure: AwsFailure) => boolean,
): Promise<Reply[]> {
  if (ids.length === 0) return [];
  try {
    return [await call(ids)];
  } catch (error) {
    if (!isAboutIds(describeFailure(error))) throw error;
    if (ids.length === 1) return [];
    const middle = Math.ceil(ids.length / 2);
    const first = await bisect(ids.slice(0, middle), call, isAboutIds);
    return [...first, ...(await bisect(ids.slice(middle), call, isAboutIds))];
  }
}
