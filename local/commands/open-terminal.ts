import type { Terminal } from '../base/command.ts';
import { EXIT } from '../base/exit-codes.ts';

/** Begins the line anew. */
const CLEARED = '\r\x1b[K';

/**
 * The terminal of this process. From now on a closed pipe ends the process quietly, and a fault of our own with a code of
 * its own.
 */
export function openTerminal(self: NodeJS.Process): Terminal {
  const { stdout, stderr, env } = self;
  // Captured before virtual time replaces the clocks.
  const elapsed = performance.now.bind(performance);
  for (const stream of [stdout, stderr]) stream.on('error', (error) => endOfPipe(self, error));
  self.on('uncaughtException', (error) => {
    stderr.write(`A fault of reveille itself. Please report it with what you have typed, and this:\n${error.stack}\n`);
    self.exit(EXIT.ownFault);
  });
  let hasProgress = false;
  const write = (stream: NodeJS.WriteStream, text: string) => {
    if (hasProgress) stderr.write(CLEARED);
    hasProgress = false;
    stream.write(`${text}\n`);
  };
  return {
    out: (text) => write(stdout, text),
    error: (text) => write(stderr, text),
    progress(text) {
      if (!stderr.isTTY) return;
      stderr.write(`${CLEARED}${text}`);
      hasProgress = true;
    },
    columns: stdout.columns,
    // npm changes to the project's folder, and says where it was called.
    directory: env['INIT_CWD'] ?? self.cwd(),
    elapsed,
  };
}

/** The reader has gone, such as `head` that has seen enough: there is no one left to tell. */
function endOfPipe(self: NodeJS.Process, error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
  self.exit(EXIT.ok);
}
