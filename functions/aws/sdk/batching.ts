/** Cuts a list into pieces of at most `size`, in order: each API has its own limit. */
export function chunks<T>(items: T[], size: number): T[][] {
  const pieces: T[][] = [];
  for (let first = 0; first < items.length; first += size) pieces.push(items.slice(first, first + size));
  return pieces;
}

/** Maps with at most `concurrency` calls at once, results in the order of the items. */
export async function mapConcurrently<T, R>(
  items: T[],
  concurrency: number,
  map: (item: T) => Promise<R>,
): Promise<R[]> {
  const results = new Array<R>(items.length);
  const queue = items.entries();
  const worker = async () => {
    for (const [index, item] of queue) results[index] = await map(item);
  };
  await Promise.all(Array.from({ length: Math.min(concurrency, items.length) }, worker));
  return results;
}
