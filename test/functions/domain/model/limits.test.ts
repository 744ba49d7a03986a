import { REQUEST_TIMEOUT_SECONDS } from '../../../../functions/aws/sdk/clients.ts';
import { WAIT_SECONDS_MAX, WAIT_SECONDS_MIN } from '../../../../functions/domain/batch/counts-and-wait.ts';
import { computeEnds, shortestWindow } from '../../../../functions/domain/listing/run-ends.ts';
import {
  BOOT_SECONDS_MIN,
  CAPACITY_RETRY_SECONDS,
  CLOCK_MARGIN_SECONDS,
  COMMAND_TIMEOUT_SECONDS,
  CONSISTENCY_SECONDS,
  DELIVERY_DEADLINE_SECONDS,
  FOLLOW_STOP_SECONDS,
  NO_TURN_SECONDS_MIN,
  OTHER_ACTIVITY_WAIT_SECONDS,
  OTHER_UPDATE_BACKOFF_SECONDS,
  PASSING_RETRY_SECONDS,
  PING_AGE_SECONDS_MAX,
  STOP_REPEAT_SECONDS,
  STRAY_LAMBDA_SECONDS,
  UNDELIVERED_RETRY_SECONDS,
  UNKNOWN_IS_DEAD_AFTER_SECONDS,
  UPDATE_HARD_DEADLINE_SECONDS,
  WRITERS_DEAD_SECONDS,
} from '../../../../functions/domain/model/limits.ts';
import { addSeconds, secondsBetween } from '../../../../functions/domain/model/time.ts';
import { maySendStart, toAttempt } from '../../../../functions/domain/ownership/attempt.ts';
import { timeKeeper } from '../../../../functions/runtime/runtime.ts';
import { definitionPath } from '../../../../local/deployment/deploy.ts';
import { readTemplate } from '../../../../local/deployment/template.ts';
import { readDefinition, type State } from '../../../../local/engine/definition.ts';
import { at } from '../../../support/builders.ts';
import { fact } from './facts.ts';

const MINUTE = 60;
const HOUR = 60 * MINUTE;

const template = readTemplate();
const functionSeconds = template.Globals.Function.Timeout;
/** What a deployment may choose, and what it has by default. */
const parameter = (name: string) => {
  const found = template.Parameters[name] as unknown as {
    Default: number;
    MinValue: number;
    MaxValue: number;
    AllowedValues?: number[];
  };
  const { AllowedValues: values } = found;
  return values === undefined ? found : { ...found, MinValue: Math.min(...values), MaxValue: Math.max(...values) };
};
const { States: states, TimeoutSeconds: machineSeconds = 0 } = readDefinition(definitionPath, {});
/** A fact by its number, as docs/aws-behaviour.md tells it. */

describe('an update', () => {
  it('may be at work until the hard deadline: as long as all limits of the agent, with downloads and removals', () => {
    expect(fact(3)).toMatch(/cloud-init up to 600 s.* installs \(up to 4 tries of 150 s\).* verifies up to 36 x 5 s/s);
    const once = 4 * 150 + 36 * 5;
    expect(600 + once + once).toBe(36 * MINUTE);
    expect(fact(3)).toContain('41-45 minutes');
    expect(UPDATE_HARD_DEADLINE_SECONDS).toBe(45 * MINUTE);
  });

  it('is given up by the service only later, and within what SendCommand takes', () => {
    expect(COMMAND_TIMEOUT_SECONDS - UPDATE_HARD_DEADLINE_SECONDS).toBe(15 * MINUTE);
    expect(COMMAND_TIMEOUT_SECONDS).toBeGreaterThanOrEqual(parameter('UpdateDeadlineSeconds').MaxValue);
    expect(fact(11)).toContain('TimeoutSeconds is 30 to 2,592,000');
  });

  it('has the hard deadline for its time by default: a resend before that would meet the first updater', () => {
    expect(parameter('UpdateDeadlineSeconds').Default).toBe(UPDATE_HARD_DEADLINE_SECONDS);
  });

  it('is taken by an agent within its usual ping interval', () => {
    expect(fact(7)).toContain('then every 5 (5-60 configurable)');
    expect(DELIVERY_DEADLINE_SECONDS).toBe(5 * MINUTE);
    expect(PING_AGE_SECONDS_MAX).toBe(60 * MINUTE + 5 * MINUTE);
  });

  it('of someone else is left alone for a third of its hard deadline', () => {
    expect(OTHER_UPDATE_BACKOFF_SECONDS).toBe(UPDATE_HARD_DEADLINE_SECONDS / 3);
    expect(UNDELIVERED_RETRY_SECONDS).toBeLessThan(DELIVERY_DEADLINE_SECONDS);
  });
});

describe('a verification', () => {
  const { Default, MinValue } = parameter('VerifyDeadlineSeconds');

  it('waits for the next ping of any healthy agent by default: those that ping every hour, too', () => {
    expect(fact(7)).toContain('then every 5 (5-60 configurable)');
    expect(Default).toBe(PING_AGE_SECONDS_MAX);
    expect(Default).toBeGreaterThan(60 * MINUTE);
  });

  it('waits at least for the next ping of an agent with the usual interval', () => {
    expect(MinValue).toBe(5 * MINUTE + MINUTE);
  });
});

describe('a start', () => {
  const began = at('02:00');
  const attempt = toAttempt('attempt-1', began, REQUEST_TIMEOUT_SECONDS);

  it('has a window of 23 seconds: ten to send it, eight for the request, and the margin for clocks', () => {
    expect(maySendStart(attempt, new Date(addSeconds(began, 10)))).toBe(true);
    expect(maySendStart(attempt, new Date(addSeconds(began, 11)))).toBe(false);
    expect(secondsBetween(attempt.recordedAt, attempt.startBy)).toBe(10 + 8 + CLOCK_MARGIN_SECONDS);
    expect(secondsBetween(attempt.recordedAt, attempt.startBy)).toBe(23);
  });

  it('is tried again after waits that a batch can have', () => {
    expect(PASSING_RETRY_SECONDS).toBe(2 * WAIT_SECONDS_MIN);
    expect(CAPACITY_RETRY_SECONDS).toBeLessThanOrEqual(WAIT_SECONDS_MAX);
  });

  it('for which there was no time is tried for as long as by default one that lacks capacity', () => {
    expect(NO_TURN_SECONDS_MIN).toBe(parameter('StartDeadlineSeconds').Default);
    expect(NO_TURN_SECONDS_MIN).toBeGreaterThan(17 * MINUTE);
  });

  it('by default is tried fifteen times for capacity', () => {
    expect(parameter('StartDeadlineSeconds').Default / CAPACITY_RETRY_SECONDS).toBe(15);
  });
});

describe('a restoring', () => {
  it('gives a stop as much time to show as the shortest deadline has', () => {
    expect(STOP_REPEAT_SECONDS).toBe(parameter('RestoreDeadlineSeconds').MinValue);
  });

  it('waits for someone else as long as an idle session lives', () => {
    expect(OTHER_ACTIVITY_WAIT_SECONDS).toBe(20 * MINUTE);
  });
});

describe('a Lambda that nothing waits for', () => {
  it('is dead when it is taken for dead: after its time-out, and half as much again', () => {
    expect(functionSeconds).toBe(MINUTE);
    expect(STRAY_LAMBDA_SECONDS).toBe(functionSeconds * 1.5);
    const own = Object.values(template.Resources).filter(({ Properties }) => 'Timeout' in (Properties ?? {}));
    expect(own).toEqual([]);
  });

  it('has left what it has begun before the state machine gives it up', () => {
    const child = states['UpdateBatches'] as State & { ItemProcessor: { States: typeof states } };
    const tasks = [...Object.values(states), ...Object.values(child.ItemProcessor.States)].filter(
      ({ Type, Resource }) => Type === 'Task' && String(Resource).includes('lambda'),
    );
    expect(tasks).toHaveLength(7);
    for (const { TimeoutSeconds } of tasks) expect(TimeoutSeconds).toBeGreaterThan(functionSeconds);
  });

  it('keeps enough of its time for one more call with all its tries', () => {
    const backoffSeconds = 0.5 + 1 + 2 + 4 + 8;
    const isEnough = (seconds: number) =>
      timeKeeper({ awsRequestId: 'request-1', getRemainingTimeInMillis: () => seconds * 1000 })();
    expect(isEnough(backoffSeconds + REQUEST_TIMEOUT_SECONDS)).toBe(false);
    expect(isEnough(functionSeconds / 2)).toBe(true);
  });

  it('is dead before ReconcileLeases is asked for the third time, and before ListInstances stops asking', () => {
    // Lambda asks again after one minute and after two more (docs/aws-behaviour.md 49).
    expect(MINUTE).toBeLessThan(STRAY_LAMBDA_SECONDS);
    expect(MINUTE + 2 * MINUTE).toBeGreaterThan(STRAY_LAMBDA_SECONDS);
    const retry = states['ListInstances']?.['Retry'] as { IntervalSeconds: number; MaxAttempts: number }[] | undefined;
    const asksForSeconds = (retry?.[0]?.IntervalSeconds ?? 0) * (retry?.[0]?.MaxAttempts ?? 0);
    expect(asksForSeconds).toBe(4 * MINUTE);
    // The dead run's last Lambda, and then a pass of ReconcileLeases.
    expect(asksForSeconds).toBeGreaterThanOrEqual(STRAY_LAMBDA_SECONDS + functionSeconds);
  });

  it('has no start on its way any more once a `stopped` is believed', () => {
    expect(WRITERS_DEAD_SECONDS).toBeGreaterThan(23 + CONSISTENCY_SECONDS + STRAY_LAMBDA_SECONDS);
  });
});

describe('a run', () => {
  const window = parameter('WindowSeconds');
  const restore = parameter('RestoreDeadlineSeconds');

  it('is over an hour after the end of its window, and the longest one before its time-out, which runs no Catch', () => {
    const lastLookSeconds = WAIT_SECONDS_MAX + STRAY_LAMBDA_SECONDS;
    expect(FOLLOW_STOP_SECONDS + lastLookSeconds).toBeLessThan(HOUR);
    expect(machineSeconds).toBe(window.MaxValue + HOUR);
  });

  it('has time for an instance in the shortest window: a boot, the hardest update, and the shortest restoring', () => {
    expect(window.MinValue).toBe(BOOT_SECONDS_MIN + UPDATE_HARD_DEADLINE_SECONDS + restore.MinValue);
    expect(shortestWindow(restore.MinValue).seconds).toBe(window.MinValue);
  });

  it('has by default as much time to prove a version as agents that ping every hour need', () => {
    const settings = { windowSeconds: window.Default, restoreDeadlineSeconds: restore.Default };
    const { sendUntil } = computeEnds(at('02:00').toISOString(), null, settings);
    const workUntil = addSeconds(sendUntil, UPDATE_HARD_DEADLINE_SECONDS);
    const sentSeconds = BOOT_SECONDS_MIN + UPDATE_HARD_DEADLINE_SECONDS + parameter('VerifyDeadlineSeconds').Default;
    expect(secondsBetween(at('02:00'), workUntil)).toBeGreaterThan(sentSeconds);
  });

  it('is dead without a word of it after twice its time-out', () => {
    expect(UNKNOWN_IS_DEAD_AFTER_SECONDS).toBe(2 * machineSeconds);
  });

  it('is over for an hour when the alarm about its oldest lease goes off', () => {
    expect(template.Resources['LeaseTooOldAlarm']?.Properties['Threshold']).toBe(machineSeconds + HOUR);
  });
});
