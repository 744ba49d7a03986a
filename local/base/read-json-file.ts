import { closeSync, openSync, readSync } from 'node:fs';
import { BadInput } from './bad-input.ts';
import { printable } from './printable.ts';

/** A fleet of a thousand instances has a third of a megabyte. */
const BYTES_MAX = 8 * 1024 * 1024;

/**
 * Reads a file that a person has written; one that begins with a byte-order mark, too.
 * @param path also of a pipe, such as /dev/stdin
 * @throws BadInput in one line, if it can't be read, is too large, or is not JSON
 */
export function readJsonFile(path: string): unknown {
  const text = readText(path).replace(/^\uFEFF/, '');
  try {
    return JSON.parse(text);
  } catch (error) {
    throw refuse(path, `is not JSON: ${(error as Error).message}`);
  }
}

const refuse = (path: string, what: string) => new BadInput(printable(`${path} ${what}`));

function readText(path: string): string {
  try {
    const file = openSync(path, 'r');
    try {
      return readAll(file).toString('utf8');
    } finally {
      closeSync(file);
    }
  } catch (error) {
    throw refuse(path, whyNot(error as NodeJS.ErrnoException));
  }
}

/** @throws RangeError beyond the limit: a device may have no end */
function readAll(file: number): Buffer {
  const chunks: Buffer[] = [];
  for (let bytes = 0; bytes <= BYTES_MAX; ) {
    const chunk = Buffer.alloc(64 * 1024);
    const count = readSync(file, chunk);
    if (count === 0) return Buffer.concat(chunks);
    chunks.push(chunk.subarray(0, count));
    bytes += count;
  }
  throw new RangeError();
}

function whyNot(error: NodeJS.ErrnoException): string {
  if (error instanceof RangeError) return `is too large: at most ${BYTES_MAX / 1024 / 1024} MB are read`;
  switch (error.code) {
    case 'ENOENT':
      return 'does not exist';
    case 'EISDIR':
      return 'is a folder: give the path of a file';
    case 'EACCES':
      return 'may not be read by you';
    default:
      return `can not be read: ${error.message}`;
  }
}
