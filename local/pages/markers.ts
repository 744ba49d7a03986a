/** What the comment before a block of commands says of how it is run here. */
export interface Marker {
  /** Why it is not run at all; null: it is run. */
  notRun: string | null;
  /** What is run here instead of what is shown: shown, run. */
  instead: [shown: string, run: string][];
  /** How it ends. */
  exitCode: number;
  /** A server, which the blocks of the other terminal need: it is up when it has said this. */
  serverSays: string | null;
  /** It needs the server of the block before. */
  needsServer: boolean;
}

export const UNMARKED: Marker = { notRun: null, instead: [], exitCode: 0, serverSays: null, needsServer: false };

export const MARKERS = `<!-- not run: REASON -->
<!-- in CI: SHORTER instead of SHOWN, ANOTHER instead of SHOWN -->
<!-- exit code N -->
<!-- in one terminal, until it says "TEXT" -->, and then <!-- in another terminal -->
Several of them stand in one comment, with semicolons between them.`;

/**
 * Reads the comment that stands before a block.
 * @throws Error with all that is allowed, if it says anything else
 */
export const parseMarker = (comment: string): Marker =>
  Object.assign({}, UNMARKED, ...comment.split(';').map((part) => parsePart(part.trim())));

function parsePart(part: string): Partial<Marker> {
  const [, notRun] = /^not run: (.+)$/.exec(part) ?? [];
  if (notRun !== undefined) return { notRun };
  const [, inCi] = /^in CI: (.+)$/.exec(part) ?? [];
  if (inCi !== undefined) return { instead: inCi.split(', ').map((pair) => parseInstead(pair, part)) };
  const [, exitCode] = /^exit code (\d+)$/.exec(part) ?? [];
  if (exitCode !== undefined) return { exitCode: Number(exitCode) };
  const [, serverSays] = /^in one terminal, until it says "(.+)"$/.exec(part) ?? [];
  if (serverSays !== undefined) return { serverSays };
  if (part === 'in another terminal') return { needsServer: true };
  throw new Error(`the comment "${part}" is not understood. Allowed:\n${MARKERS}`);
}

function parseInstead(pair: string, part: string): [string, string] {
  const [run, shown, ...more] = pair.split(' instead of ');
  if (run === undefined || shown === undefined || more.length > 0) {
    throw new Error(`the comment "${part}" has to say what is run instead of what`);
  }
  return [shown, run];
}
