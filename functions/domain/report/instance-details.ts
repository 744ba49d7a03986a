// What a report tells of the way of one instance: when it was seen where, what it was sent, and by which ping its version is proved.
import * as z from 'zod';
import { type BatchInstance, commandsOf, type InstanceAt } from '../batch/batch-instance.ts';
import type { ManifestInstance } from '../listing/manifest.ts';
import { timestampSchema } from '../model/time.ts';

const moment = (what: string) => timestampSchema.nullable().describe(what);

const timesSchema = z
  .object({
    startAcceptedAt: moment("When EC2's yes to Reveille's start had come; null if its answer was lost"),
    runningAt: moment('The first look that showed the boot that Reveille has brought running'),
    firstPingAt: moment('The first ping of that boot that was seen, as SSM dates it'),
    stopAcceptedAt: moment('When EC2 had last said yes to a stop of it'),
    settledAt: moment('The look that showed it back, or settled otherwise'),
  })
  .describe(
    'As the run saw it, and never guessed: its looks are 15 seconds and more apart, and null is what none has shown',
  );

const commandSchema = z.object({
  commandId: z.string(),
  sentAt: timestampSchema,
  endedAt: timestampSchema.nullable().describe('null if its end is not known'),
  status: z.string().nullable().describe("SSM's last word on it, such as Success; null if there was none"),
});
export type ReportedCommand = z.infer<typeof commandSchema>;

const NO_TIMES = { startAcceptedAt: null, runningAt: null, firstPingAt: null, stopAcceptedAt: null, settledAt: null };

/** They were not in the first version of the report: what is read may be of that one. */
export const detailsFields = {
  platform: z.string().nullable().default(null).describe('As EC2 says: Linux/UNIX, Windows, or another one'),
  times: timesSchema.default(NO_TIMES),
  refusedStarts: z
    .object({
      count: z.int(),
      firstAt: timestampSchema,
      lastAt: timestampSchema,
      code: z.string().describe("EC2's code, the last time"),
    })
    .nullable()
    .default(null)
    .describe('How often EC2 refused to start it; null if it did not'),
  commands: z.array(commandSchema).default([]).describe('The commands that Reveille has sent it'),
  proof: z
    .object({ pingAt: timestampSchema, version: z.string() })
    .nullable()
    .default(null)
    .describe(
      'The ping in which its agent reported versionAfter; SSM itself does not list an instance that is stopped',
    ),
  said: z
    .string()
    .nullable()
    .default(null)
    .describe('The words of SSM or EC2 when it failed, at most 260 characters, where the reason has not all of them'),
};

const detailsSchema = z.object(detailsFields);
export type InstanceDetails = z.infer<typeof detailsSchema>;

/** Of one that the run has done nothing to, or of which no result says what it did. */
export const noDetails = ({ platform }: Pick<ManifestInstance, 'platform'>): InstanceDetails => ({
  platform,
  times: NO_TIMES,
  refusedStarts: null,
  commands: [],
  proof: null,
  said: null,
});

/** What a result tells of its instance. */
export function detailsOf(member: Pick<ManifestInstance, 'platform'>, result: BatchInstance): InstanceDetails {
  const { sightings = {}, step, stepSince, refusedStarts = null } = result;
  const worked = result.step === 'restore' || result.step === 'settled' ? result : null;
  const { startAcceptedAt = null, runningAt = null, firstPingAt = null } = sightings;
  const settledAt = step === 'settled' ? stepSince : null;
  return {
    ...noDetails(member),
    times: { startAcceptedAt, runningAt, firstPingAt, stopAcceptedAt: worked?.stopAcceptedAt ?? null, settledAt },
    refusedStarts,
    commands: commandsOf(result).map(({ status = null, ...command }) => ({ ...command, status })),
    proof: worked === null ? null : proofOf(worked),
    said: worked?.said ?? null,
  };
}

/** The ping that proves an instance's version; null if there is none. */
export const proofOf = ({
  versionAfter,
  heardAt,
}: Pick<InstanceAt<'settled'>, 'versionAfter' | 'heardAt'>): InstanceDetails['proof'] =>
  versionAfter === null || heardAt === undefined ? null : { pingAt: heardAt, version: versionAfter };
