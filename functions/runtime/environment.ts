import * as z from 'zod';
import type { OptOutTag } from '../domain/ownership/opt-out.ts';
import { languageSchema } from '../domain/words/words.ts';

/**
 * Environment variables, as template.yaml sets them, with its bounds. Each function takes the ones that it uses.
 */
export const wholeNumber = (min: number, max: number) =>
  z.string().regex(/^\d+$/, 'give a whole number').transform(Number).pipe(z.int().min(min).max(max));

const seconds = wholeNumber;

export const environment = {
  BUCKET_NAME: z.string().min(3).max(63),
  /** Of the ARNs: `aws`, or that of China or GovCloud. */
  PARTITION: z.string().regex(/^aws[a-z-]*$/),
  STATE_MACHINE_ARN: z.string().startsWith('arn:'),
  TOPIC_ARN: z.string().startsWith('arn:'),
  /** Of messages: pages, logs and what programs read are English. */
  MESSAGE_LANGUAGE: languageSchema,
  /** From a run's start until its last stop may be sent. */
  WINDOW_SECONDS: seconds(3600, 39_600),
  /** From the first attempt to start it until capacity is found. */
  START_DEADLINE_SECONDS: seconds(0, 7200),
  /** From its start (or from the first look at a running one) until its agent pings. */
  READINESS_DEADLINE_SECONDS: seconds(60, 7200),
  /** From a command's sending until it must have ended. */
  UPDATE_DEADLINE_SECONDS: seconds(60, 3600),
  /** From a command's end until the agent must have reported the new version. */
  VERIFY_DEADLINE_SECONDS: seconds(360, 7200),
  /** From the end of the work until it must be seen back as it was. Other activity on it has its own time, before that. */
  RESTORE_DEADLINE_SECONDS: seconds(300, 7200),
};

/** The opt-out tag's key, and the zone in which the day in its value ends. */
export const optOutEnvironment = {
  OPT_OUT_TAG: z.string().min(1).max(128),
  // ListInstances, with which each run begins, refuses one that is no zone.
  SCHEDULE_TIMEZONE: z.string().min(1),
};

export const optOutTagOf = (settings: { OPT_OUT_TAG: string; SCHEDULE_TIMEZONE: string }): OptOutTag => ({
  key: settings.OPT_OUT_TAG,
  timeZone: settings.SCHEDULE_TIMEZONE,
});
