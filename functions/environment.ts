import * as z from 'zod';

/** Environment variables, as template.yaml sets them. Each function takes the ones that it uses. */
export const wholeNumber = (min: number, max: number) =>
  z.string().regex(/^\d+$/, 'expected a whole number').transform(Number).pipe(z.int().min(min).max(max));
const seconds = wholeNumber;

export const environment = {
  BUCKET_NAME: z.string().min(3).max(63),
  TOPIC_ARN: z.string().startsWith('arn:'),
  START_DEADLINE_SECONDS: seconds(0, 7200),
  READINESS_DEADLINE_SECONDS: seconds(60, 7200),
  UPDATE_DEADLINE_SECONDS: seconds(60, 3600),
  VERIFY_DEADLINE_SECONDS: seconds(60, 7200),
  RESTORE_DEADLINE_SECONDS: seconds(300, 14_400),
};
