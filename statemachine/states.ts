/** Kinds of states, in Amazon States Language. */

interface Task {
  comment: string;
  /** What the function gets; without it, the state's whole input. */
  payload?: object;
  retries: object[];
  catches: object[];
  next: string;
}

/** Invokes the function of the state's name. Its ARN is filled in by CloudFormation. */
export function task(name: string, { comment, payload, retries, catches, next }: Task) {
  return {
    Type: 'Task',
    Comment: comment,
    Resource: 'arn:aws:states:::lambda:invoke',
    Parameters: {
      FunctionName: `\${${name}FunctionArn}`,
      ...(payload === undefined ? { 'Payload.$': '$' } : { Payload: payload }),
    },
    OutputPath: '$.Payload',
    TimeoutSeconds: 90,
    Retry: retries,
    Catch: catches,
    Next: next,
  };
}

/** Tries again after at most 5, 10, 20 … seconds. The jitter keeps batches that fail together from coming again together. */
export function retry(errors: string[], { maxAttempts = 4, maxDelaySeconds = 60, intervalSeconds = 5 } = {}) {
  return {
    ErrorEquals: errors,
    IntervalSeconds: intervalSeconds,
    BackoffRate: 2,
    MaxAttempts: maxAttempts,
    MaxDelaySeconds: maxDelaySeconds,
    JitterStrategy: 'FULL',
  };
}

/** Not tried again: for what would fail again. Wants no interval. */
export function never(errors: string[]) {
  return { ErrorEquals: errors, MaxAttempts: 0 };
}

/** Keeps the state's input, and adds the error to it. */
export function caught(errors: string[], next: string) {
  return { ErrorEquals: errors, ResultPath: '$.error', Next: next };
}

/** Ends the execution with that error. Its cause is a text in the state's input. */
export function fail(error: string, comment: string, causePath = '$.error.Cause') {
  return { Type: 'Fail', Comment: comment, Error: error, CausePath: causePath };
}
