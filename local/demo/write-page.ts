import { relative } from 'node:path';
import { reportPageKey } from '../../functions/domain/model/object-keys.ts';
import type { Report } from '../../functions/domain/report/report.ts';
import type { Account } from '../account/account.ts';

/** The stack of the demo has a language because it has to; the reader of this file has one of their own. */
const OPENS_IN = / data-opens-in="\w+"/;

/** Writes a text to a file. @throws if it can't be written */
export type Save = (path: string, text: string) => void;

/**
 * Writes the page that the run has left in its bucket to a file.
 * @param place its path, and the folder in which the command was typed
 * @returns where it is, or why it is not
 */
export function writePage(
  account: Account,
  report: Report,
  { path, directory }: { path: string; directory: string },
  save: Save,
): string {
  const page = account.objects.read(account.bucket, reportPageKey(report));
  if (page === null) return 'none: the run has left none in its bucket';
  try {
    save(path, page.replace(OPENS_IN, ''));
  } catch (error) {
    return `none: ${(error as Error).message}`;
  }
  const told = relative(directory, path);
  return told.startsWith('..') ? path : told;
}
