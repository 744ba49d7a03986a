import { Session } from 'node:inspector/promises';

/** A stretch of a file's text, and how often it was run through since the last time that was asked. */
export interface Block {
  start: number;
  end: number;
  count: number;
}

/** What was run through, by file (relative to the project): the innermost block that has a place tells of it. */
export type Coverage = Map<string, Block[]>;

const root = new URL('../../../', import.meta.url).href;

export interface CoverageMeter {
  /** What has been run through in the deployed code since the last call. */
  take(): Promise<Coverage>;
}

/**
 * V8's own block coverage of this process. Without `--no-opt --no-maglev` it is understated: optimised code counts less.
 * Node strips types without moving anything, so the places are those of the file.
 */
export async function startCoverage(): Promise<CoverageMeter> {
  const session = new Session();
  session.connect();
  await session.post('Profiler.enable');
  await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
  return {
    async take() {
      const { result } = await session.post('Profiler.takePreciseCoverage');
      const deployed = result.filter(({ url }) => url.startsWith(`${root}functions/`));
      return new Map(
        deployed.map(({ url, functions }) => [
          url.slice(root.length).split('?')[0] ?? '',
          functions.flatMap(({ ranges }) =>
            ranges.map(({ startOffset, endOffset, count }) => ({ start: startOffset, end: endOffset, count })),
          ),
        ]),
      );
    },
  };
}

/** How often a place was run through: the smallest block that has it says so. 0 for what is in none. */
export function countAt(blocks: Block[], place: number): number {
  let innermost: Block | null = null;
  for (const block of blocks) {
    if (place < block.start || place >= block.end) continue;
    if (innermost === null || block.end - block.start <= innermost.end - innermost.start) innermost = block;
  }
  return innermost?.count ?? 0;
}
