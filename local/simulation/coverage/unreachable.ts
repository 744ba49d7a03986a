import { readFileSync } from 'node:fs';
import * as z from 'zod';

/** What the simulation can't come to, or hardly, and why that is right. */
const unreachableSchema = z.array(
  z.strictObject({
    /** As `wayKey` names it, or `reason CODE`; or a file, of which no way decides anything about an instance. */
    what: z.string(),
    why: z.string().min(20),
  }),
);

const FILE = new URL('unreachable.json', import.meta.url);

/** Why something is rare or never met, by its name. */
export const readUnreachable = (): Map<string, string> =>
  new Map(unreachableSchema.parse(JSON.parse(readFileSync(FILE, 'utf8'))).map(({ what, why }) => [what, why]));
