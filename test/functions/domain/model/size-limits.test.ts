import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { mockClient } from 'aws-sdk-client-mock';
import { PAGE_SIZE } from '../../../../functions/aws/ssm-agents.ts';
import { publish } from '../../../../functions/aws/topic.ts';
import { batchSchema } from '../../../../functions/domain/batch/batch.ts';
import { batchInstanceSchema, type Step } from '../../../../functions/domain/batch/batch-instance.ts';
import { seedBatches } from '../../../../functions/domain/batch/seed-batches.ts';
import {
  BATCH_SIZE_MAX,
  CHILD_NAME_LENGTH_MAX,
  COMMENT_LENGTH_MAX,
  INSTANCES_MAX,
  INVOCATIONS_MAX,
  NAME_LENGTH_MAX,
  PLAIN_TEXT_LENGTH_MAX,
  TAG_VALUE_LENGTH_MAX,
} from '../../../../functions/domain/model/limits.ts';
import { plainText } from '../../../../functions/domain/model/plain-text.ts';
import { formatLease } from '../../../../functions/domain/ownership/lease.ts';
import type { Attempts } from '../../../../functions/domain/ownership/owner.ts';
import { buildReport } from '../../../../functions/domain/report/report.ts';
import { summarize } from '../../../../functions/domain/report/summary.ts';
import { commandComment } from '../../../../functions/domain/work/command-comment.ts';
import { definitionPath } from '../../../../local/deployment/deploy.ts';
import { readTemplate } from '../../../../local/deployment/template.ts';
import { type Definition, readDefinition, type State } from '../../../../local/engine/definition.ts';
import { instancesAt } from '../../../support/arbitraries.ts';
import {
  aMember,
  anInstance,
  aProvedAttempt,
  aRun,
  at,
  ENDS,
  INSTANCE_ID,
  LEASING,
  OLD,
  ours,
  stamp,
  TARGET,
  UNSEEN,
} from '../../../support/builders.ts';
import { fact } from './facts.ts';

const KILOBYTE = 1000;
/** Of one payload (docs/aws-behaviour.md 26). */
const PAYLOAD_BYTES_MAX = 262_144;
const UUID = '01234567-89ab-cdef-0123-456789abcdef';
const LONGEST_NAME = 'n'.repeat(NAME_LENGTH_MAX);

/** A fact by its number, as docs/aws-behaviour.md tells it. */
const bytes = (value: unknown): number => Buffer.byteLength(JSON.stringify(value));

describe('what travels in one payload', () => {
  const members = Array.from({ length: INSTANCES_MAX }, () => ({
    instanceId: INSTANCE_ID,
    originalState: 'hibernated' as const,
  }));
  const seedBytes = (batchSize: number) => bytes(seedBatches(members, batchSize, ENDS, at('02:00')));

  it('500 instances in batches of 50 are less than half of it', () => {
    expect(fact(26)).toContain('Payload 262,144 bytes');
    expect(seedBytes(BATCH_SIZE_MAX)).toBeLessThan(110 * KILOBYTE);
  });

  it('and not much more in the smallest batches that a deployment may choose', () => {
    const { MinValue } = readTemplate().Parameters['BatchSize'] as unknown as { MinValue: number };
    expect(seedBytes(MinValue)).toBeLessThan(115 * KILOBYTE);
  });

  /** A batch in which nothing went well: every text as long as it can be, and each instance tried, sent to and held twice. */
  function longestBatch(step: Step, character: string) {
    const text = plainText(character.repeat(2 * PLAIN_TEXT_LENGTH_MAX));
    const why = { code: 'waiting-for-capacity', text };
    const boot = { kind: 'known', launchTime: stamp('02:00'), isAssumed: false };
    const attempt = { attempt: UUID, recordedAt: stamp('02:00'), startBy: stamp('02:01'), boot };
    const command = { commandId: UUID, sentAt: stamp('02:00'), endedAt: stamp('02:00'), status: 'Cancelled' };
    const moments = Object.fromEntries(
      ['stepSince', 'retryAt', 'launchTime', 'otherUpdateSince', 'stopAcceptedAt', 'otherActivitySince']
        .concat('strayUntil', 'restoredAt')
        .map((name) => [name, stamp('02:00')]),
    );
    // What a step does not carry is dropped.
    const instance = batchInstanceSchema.parse({
      ...anInstance({ originalState: 'hibernated', step }),
      ...moments,
      outcome: 'already-current',
      owner: { kind: 'others', attempts: [attempt, attempt], reason: why },
      sightings: {
        launchAfterReply: -1.234,
        describeLag: 12.345,
        leaseSeen: 12.345,
        startAcceptedAt: stamp('02:00'),
        runningAt: stamp('02:00'),
        firstPingAt: stamp('02:00'),
      },
      refusedStarts: { count: 240, firstAt: stamp('02:00'), lastAt: stamp('02:00'), code: 'c'.repeat(60) },
      heardAt: stamp('02:00'),
      said: text,
      reason: why,
      lastRefusal: text,
      lastError: { call: 'DescribeInstanceAssociationsStatus', code: 'X'.repeat(60) },
      commands: [command, command],
      versionBefore: '3.3.100000.0',
      versionAfter: '3.3.100000.0',
      finalState: 'shutting-down',
    });
    return batchSchema.parse({
      run: aRun({ runId: LONGEST_NAME, stateMachine: LONGEST_NAME }),
      index: INSTANCES_MAX,
      child: 'c'.repeat(CHILD_NAME_LENGTH_MAX),
      looks: INVOCATIONS_MAX,
      sends: INVOCATIONS_MAX,
      // The longest start deadline, two hours, in tries of 30 seconds.
      attempts: Array.from({ length: 240 }, () => UUID),
      lastProgressAt: stamp('02:00'),
      waitSeconds: 120,
      counts: { start: 50, readiness: 50, update: 50, verify: 50, restore: 50, unsettled: 50 },
      instances: Array.from({ length: BATCH_SIZE_MAX }, () => instance),
    });
  }

  it.each(Object.keys(instancesAt) as Step[])(
    'the longest batch has room in it, whatever letters its texts have: at %s',
    (step) => {
      expect(bytes(longestBatch(step, 'x'))).toBeLessThan(161 * KILOBYTE);
      for (const letter of ['ü', 'あ', '👍']) expect(bytes(longestBatch(step, letter))).toBeLessThan(212 * KILOBYTE);
    },
  );

  it('an instance that was woken, updated and put back is 1.3 kB of its batch', () => {
    const attempts: Attempts = [aProvedAttempt({ attempt: UUID }), { ...LEASING, attempt: UUID }];
    const moment = stamp('02:00');
    const usual = anInstance({
      step: 'settled',
      owner: ours(attempts, moment),
      launchTime: moment,
      versionBefore: OLD,
      versionAfter: TARGET,
      heardAt: moment,
      sightings: {
        launchAfterReply: -1.234,
        leaseSeen: 12.345,
        startAcceptedAt: moment,
        runningAt: moment,
        firstPingAt: moment,
      },
      commands: [{ commandId: UUID, sentAt: moment, endedAt: moment, status: 'Success' }],
      stopAcceptedAt: moment,
      outcome: 'updated',
      restoredAt: moment,
      finalState: 'stopped',
    });
    expect(Math.round(bytes(usual) / 100)).toBe(13);
  });
});

describe('a batch', () => {
  it('has no more instances than one command takes, and than one page of agents', () => {
    expect(fact(11)).toContain(`at most ${BATCH_SIZE_MAX} InstanceIds`);
    expect(PAGE_SIZE).toBe(BATCH_SIZE_MAX);
  });

  it('ends before the history of its execution is full', () => {
    const { ItemProcessor: child } = readDefinition(definitionPath, {}).States['UpdateBatches'] as State & {
      ItemProcessor: Definition;
    };
    const nextOf = ({ Next, Default, Choices = [] }: Record<string, unknown>): string[] =>
      [Next, Default, ...(Choices as State[]).map((choice) => choice['Next'])].filter(
        (name) => name !== undefined,
      ) as string[];
    /** Events of the longest way from a state to the end of the next task; 2 for entering and leaving a state, 5 for a task. */
    const eventsFrom = (name: string): number => {
      const state = child.States[name] ?? { Type: 'Fail' };
      if (state.Type === 'Task') return 5;
      return 2 + Math.max(0, ...nextOf(state).map(eventsFrom));
    };
    const tasks = Object.values(child.States).filter(({ Type }) => Type === 'Task');
    const eventsOfLook = Math.max(...tasks.flatMap(nextOf).map(eventsFrom));
    expect(eventsOfLook).toBe(11);
    expect(fact(26)).toContain('25,000 history events');
    const left = 25_000 - INVOCATIONS_MAX * eventsOfLook;
    // Three events for each retry: all 24 for each look of one in a hundred, and all those of RestoreInstances at the end.
    expect(left).toBeGreaterThan(3 * (24 * (INVOCATIONS_MAX / 100) + 60 + 30));
  });
});

describe('names', () => {
  it('have the length that Step Functions allows', () => {
    expect(fact(28)).toContain(`A name has 1-${NAME_LENGTH_MAX} characters`);
    expect(UUID.length).toBeLessThan(CHILD_NAME_LENGTH_MAX);
  });

  it('fit into a lease, the longest of them together', () => {
    const child = 'c'.repeat(CHILD_NAME_LENGTH_MAX);
    const lease = formatLease({ stateMachine: LONGEST_NAME, runId: LONGEST_NAME, child, attempt: UUID });
    expect(lease).toHaveLength(80 + 80 + 46 + 36 + 3);
    expect(lease.length).toBeLessThan(TAG_VALUE_LENGTH_MAX);
  });

  it("fit into a command's comment, with the last batch and the last look", () => {
    expect(fact(32)).toContain(`<= ${COMMENT_LENGTH_MAX} characters`);
    const batch = { run: aRun({ runId: LONGEST_NAME }), index: INSTANCES_MAX - 1 };
    expect(commandComment(batch, INVOCATIONS_MAX)).toHaveLength(COMMENT_LENGTH_MAX);
  });
});

describe('a message about 500 instances with the longest texts', () => {
  const why = { code: 'session-active', text: '👍'.repeat(PLAIN_TEXT_LENGTH_MAX) };
  const results = Array.from({ length: INSTANCES_MAX }, (_, index) =>
    anInstance({
      instanceId: `i-${String(index).padStart(17, '0')}`,
      step: 'settled',
      outcome: 'failed',
      reason: why,
      finalState: 'running',
    }),
  );
  const manifest = {
    run: aRun({ runId: LONGEST_NAME }),
    listedAt: stamp('02:00'),
    allowEmpty: false,
    groups: ['dev'],
    batches: 10,
    instances: results.map(({ instanceId }) => aMember(instanceId, { group: 'g'.repeat(128) })),
  };
  const report = buildReport({
    manifest,
    results,
    observed: new Map(),
    again: UNSEEN,
    error: undefined,
    now: at('04:00'),
  });
  const counts = { intended: 500, updated: 500, alreadyCurrent: 500, failed: 500, excluded: 500 };
  const told = (['en', 'ja'] as const).map((language) =>
    summarize({ ...report, status: 'succeeded', counts }, { bucketName: 'b'.repeat(63), language }),
  );

  it.each(told)('has a subject that SNS takes, with the longest numbers', ({ subject }) => {
    expect(subject).toMatch(/^LEFT AWAKE: 500.*500 failed/);
    expect(subject.length).toBeLessThan(100);
  });

  it.each(told)(
    'has bodies that SNS takes together, so that none is cut: it lists a hundred of them',
    async (message) => {
      const sns = mockClient(SNSClient);
      await publish(new SNSClient({}), 'arn:aws:sns:eu-central-1:123456789012:t', message);
      const { Message = '' } = sns.commandCalls(PublishCommand)[0]?.args[0].input ?? {};
      expect(message.text.match(/^ {2}i-/gm)).toHaveLength(100);
      expect(Message).not.toContain('(cut: ');
      expect(Buffer.byteLength(Message)).toBeLessThan(PAYLOAD_BYTES_MAX);
    },
  );
});
