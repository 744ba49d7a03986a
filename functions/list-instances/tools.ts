import * as z from 'zod';
import { createBucket } from '../aws/bucket.ts';
import {
  createEc2Client,
  createHastyEventsClient,
  createResourceGroupsClient,
  createS3Client,
  createSfnClient,
  createSsmClient,
} from '../aws/sdk/clients.ts';
import { timeZoneSchema } from '../domain/listing/local-time.ts';
import { shortestWindow } from '../domain/listing/run-ends.ts';
import { targetVersionSchema } from '../domain/model/agent-version.ts';
import { BATCH_SIZE_MAX, GROUPS_MAX } from '../domain/model/limits.ts';
import { environment, optOutEnvironment, optOutTagOf, wholeNumber } from '../runtime/environment.ts';
import { parseEnvironment } from '../runtime/handler.ts';
import type { Runtime } from '../runtime/runtime.ts';

/** The environment variables of ListInstances. */
const settingsSchema = z
  .object({
    BUCKET_NAME: environment.BUCKET_NAME,
    GROUPS: z
      .string()
      .transform((names) =>
        names
          .split(',')
          .map((name) => name.trim())
          .filter((name) => name !== ''),
      )
      .pipe(z.array(z.string()).min(1).max(GROUPS_MAX)),
    TARGET_VERSION: targetVersionSchema,
    ...optOutEnvironment,
    SCHEDULE_TIMEZONE: timeZoneSchema,
    BATCH_SIZE: wholeNumber(1, BATCH_SIZE_MAX),
    LISTINGS_MAX: wholeNumber(1, 20),
    WINDOW_SECONDS: environment.WINDOW_SECONDS,
    RESTORE_DEADLINE_SECONDS: environment.RESTORE_DEADLINE_SECONDS,
  })
  .refine(
    ({ WINDOW_SECONDS, RESTORE_DEADLINE_SECONDS }) =>
      WINDOW_SECONDS >= shortestWindow(RESTORE_DEADLINE_SECONDS).seconds,
    {
      path: ['WINDOW_SECONDS'],
      error: 'give time for one instance at least: 10 minutes for a boot, 45 for an update, and RestoreDeadlineSeconds',
    },
  );

/** What the phases of ListInstances work with. */
export type ListingTools = ReturnType<typeof createTools>;

/** @throws InvalidEnvironment */
export function createTools(runtime: Runtime) {
  const { now, logger, clientOptions } = runtime;
  const settings = parseEnvironment(settingsSchema, runtime.environment);
  const s3 = createS3Client(clientOptions);
  return {
    settings,
    optOutTag: optOutTagOf(settings),
    ec2: createEc2Client(clientOptions),
    ssm: createSsmClient(clientOptions),
    s3,
    bucket: createBucket(s3, settings.BUCKET_NAME),
    resourceGroups: createResourceGroupsClient(clientOptions),
    sfn: createSfnClient(clientOptions),
    events: createHastyEventsClient(clientOptions),
    now,
    logger,
  };
}
