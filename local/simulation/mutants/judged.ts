import { readFileSync } from 'node:fs';
import * as z from 'zod';

/** What a person has found out about a mutant that no checker minds. */
const judgedSchema = z.strictObject({
  /** As `keyOf` names it. */
  mutant: z.string(),
  /** `equivalent`: no input shows a difference in any output. `accepted`: it would be one, and is not looked for. */
  verdict: z.enum(['equivalent', 'accepted']),
  /** The argument, about inputs and outputs. */
  why: z.string().min(20),
});
export type Judged = z.infer<typeof judgedSchema>;

const FILE = new URL('judged.json', import.meta.url);

/** The survivors that were judged, by mutant. */
export const readJudged = (): Map<string, Judged> =>
  new Map(
    z
      .array(judgedSchema)
      .parse(JSON.parse(readFileSync(FILE, 'utf8')))
      .map((judged) => [judged.mutant, judged]),
  );
