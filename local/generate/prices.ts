/**
 * When these prices were looked up, and where they hold: other regions differ by a fifth or so. They were read on public pages,
 * some of them not AWS's own; beside each stands the page of AWS that has the last word.
 */
export const PRICES_OF = '2026-11, us-east-1';

/** What one of each costs, in dollars, without any free tier. */
export const PRICES = {
  /** https://aws.amazon.com/cloudwatch/pricing/: a standard alarm on one metric, for a month. */
  alarmMonth: 0.1,
  /** The same page: a custom metric, for a month; billed for the hours in which it is published. */
  metricMonth: 0.3,
  /** The same page: a gigabyte of logs taken in. */
  logGigabyte: 0.5,
  /** https://aws.amazon.com/eventbridge/pricing/: one invocation of EventBridge Scheduler. */
  scheduledInvocation: 1 / 1e6,
  /** https://aws.amazon.com/lambda/pricing/: one request. */
  lambdaRequest: 0.2 / 1e6,
  /** The same page: a gigabyte of memory for a second, on arm64. */
  lambdaGigabyteSecond: 0.0000133334,
  /** https://aws.amazon.com/s3/pricing/: one PUT, COPY, POST or LIST. */
  s3Write: 0.005 / 1e3,
  /** The same page: one GET. DELETE costs nothing. */
  s3Read: 0.0004 / 1e3,
  /** https://aws.amazon.com/step-functions/pricing/: one transition of a Standard workflow. */
  transition: 0.025 / 1e3,
  /** https://aws.amazon.com/xray/pricing/: one trace recorded. */
  trace: 5 / 1e6,
};
