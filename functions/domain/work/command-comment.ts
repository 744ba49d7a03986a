import type { Batch } from '../batch/batch.ts';
import { COMMENT_LENGTH_MAX } from '../model/limits.ts';
import type { Run } from '../model/run.ts';

/** Every command of Reveille has a comment that begins with this. */
const COMMENT_PREFIX = 'reveille ';

/** The commands of one batch begin with this. */
export const commentPrefix = ({ run, index }: { run: Pick<Run, 'runId'>; index: number }): string =>
  `${COMMENT_PREFIX}${run.runId} b${index} `;

/** Whether a command was sent by this or another run: by one that died, perhaps, or whose reply was lost. */
export const isOwnComment = (comment: string): boolean => comment.startsWith(COMMENT_PREFIX);

/** The comment that finds a command again after a crash has lost its ID (docs/aws-behaviour.md 32). */
export function commandComment(batch: Pick<Batch, 'run' | 'index'>, attempt: number): string {
  const comment = `${commentPrefix(batch)}a${attempt}`;
  if (comment.length > COMMENT_LENGTH_MAX)
    throw new RangeError(`a comment of ${comment.length} characters: ${comment}`);
  return comment;
}
