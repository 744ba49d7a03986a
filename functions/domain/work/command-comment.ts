import type { Batch } from '../batch/batch.ts';
import { COMMENT_LENGTH_MAX } from '../model/limits.ts';
import type { Run } from '../model/run.ts';

/** Every command of Reveille has a comment that begins with this. */
export const COMMENT_PREFIX = 'reveille ';

/** The commands of one run begin with this. */
export const runCommentPrefix = ({ runId }: Pick<Run, 'runId'>): string => `${COMMENT_PREFIX}${runId} b`;

/** The commands of one batch begin with this. */
export const commentPrefix = ({ run, index }: { run: Pick<Run, 'runId'>; index: number }): string =>
  `${runCommentPrefix(run)}${index} `;

/** Whether a command was sent by this or another run: by one that died, perhaps, or whose reply was lost. */
export const isOwnComment = (comment: string): boolean => comment.startsWith(COMMENT_PREFIX);

/** The comment that finds a command again after a crash has lost its ID (docs/aws-behaviour.md 32). */
export function commandComment(batch: Pick<Batch, 'run' | 'index'>, attempt: number): string {
  const comment = `${commentPrefix(batch)}a${attempt}`;
  if (comment.length > COMMENT_LENGTH_MAX)
    throw new RangeError(`a comment of ${comment.length} characters: ${comment}`);
  return comment;
}
