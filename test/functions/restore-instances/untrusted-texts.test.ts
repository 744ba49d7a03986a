import 'aws-sdk-client-mock-jest';
import { Logger } from '@aws-lambda-powertools/logger';
import { DescribeInstanceAttributeCommand, DescribeInstancesCommand, StopInstancesCommand } from '@aws-sdk/client-ec2';
import { ListGroupResourcesCommand, ResourceGroupsClient } from '@aws-sdk/client-resource-groups';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { DescribeInstanceInformationCommand, DescribeSessionsCommand } from '@aws-sdk/client-ssm';
import { mockClient } from 'aws-sdk-client-mock';
import { publish } from '../../../functions/aws/topic.ts';
import { manifestSchema } from '../../../functions/domain/listing/manifest.ts';
import { reason } from '../../../functions/domain/model/reason.ts';
import { summarizeReconciled } from '../../../functions/domain/report/reconcile-summary.ts';
import { buildReport } from '../../../functions/domain/report/report.ts';
import { summarize } from '../../../functions/domain/report/summary.ts';
import { findOtherActivity } from '../../../functions/domain/steps/other-activity.ts';
import { updateSsmAgent } from '../../../functions/domain/work/update-ssm-agent.ts';
import { createListInstances } from '../../../functions/list-instances/list-instances.ts';
import { createRestoreInstances } from '../../../functions/restore-instances/restore-instances.ts';
import { aRecord } from '../../support/bucket.ts';
import {
  aBatch,
  aMember,
  anInstance,
  anInvocation,
  aRun,
  at,
  aWokenInstance,
  INSTANCE_ID,
  instanceFacts,
  stamp,
  TARGET,
  UNSEEN,
  wokenFacts,
} from '../../support/builders.ts';
import {
  aContext,
  aListRequest,
  aRuntime,
  awsError,
  contentOf,
  described,
  grouped,
  leased,
  mockClients,
  ownListing,
  reported,
} from '../../support/functions.ts';
import { heldAt } from '../../support/looks.ts';
import { givenAbortedRun, givenCarriers, reconcile } from '../../support/reconciling.ts';
import { UNPRINTABLE, UNTRUSTED_TEXTS } from '../../support/untrusted.ts';

const mocks = mockClients();
const { ec2, s3, sns, ssm } = mocks;
const groups = mockClient(ResourceGroupsClient);
const texts = UNTRUSTED_TEXTS.map((text): [string] => [text]);

/** One line, printable, and no longer than a reason may be. */
function expectPlain(text: string | undefined): void {
  expect(text).not.toMatch(UNPRINTABLE);
  expect(text?.length).toBeLessThanOrEqual(600);
}

beforeEach(() => {
  givenAbortedRun(mocks);
  groups.reset();
  groups.on(ListGroupResourcesCommand).resolves(grouped(INSTANCE_ID));
  ec2.on(DescribeInstanceAttributeCommand).resolves({});
  ssm.on(DescribeInstanceInformationCommand).resolves(reported());
});

describe('a reason', () => {
  it.each(texts)('quotes the owner of a session and a document’s name as one plain line: %j', (text) => {
    const sessions = [{ instanceId: INSTANCE_ID, sessionId: text, owner: text, startedAt: null, isConnected: true }];
    const associations = [{ instanceId: INSTANCE_ID, name: text, executedAt: stamp('02:05') }];
    const none = { sessions: [], invocations: [], associations: [] };
    const instance = aWokenInstance({ step: 'restore' });
    expectPlain(findOtherActivity(instance, stamp('02:00'), { ...none, sessions })?.reason.text);
    expectPlain(findOtherActivity(instance, stamp('02:00'), { ...none, associations })?.reason.text);
  });

  it.each(texts)('quotes the output of a command as one plain line: %j', (text) => {
    const judged = updateSsmAgent.judge(
      anInvocation({ status: 'Failed', statusDetails: 'Failed', output: `failed: ${text}` }),
    );
    expect(judged.verdict).toBe('failed');
    if (judged.verdict === 'failed') expectPlain(judged.reason.text);
  });

  it.each(texts)('quotes what EC2 said of an instance as one plain line: %j', async (text) => {
    ec2.on(DescribeInstancesCommand).resolves(described(wokenFacts()));
    ec2.on(StopInstancesCommand).rejects(awsError('UnsupportedOperation', text));

    const instance = aWokenInstance({ step: 'restore', stepSince: stamp('02:10'), outcome: 'updated' });
    const { instances } = await createRestoreInstances(aRuntime('02:10:30'))(aBatch([instance]), aContext());

    expectPlain(heldAt('restore', instances[0]).lastRefusal ?? undefined);
  });
});

describe('a message', () => {
  const told = (text: string) => {
    const run = aRun();
    const manifest = {
      run,
      listedAt: stamp('02:00'),
      allowEmpty: false,
      groups: ['dev'],
      batches: 1,
      instances: [aMember('i-1', { name: text, ignoredLease: text }), aMember('i-2', { name: text })],
    };
    const failed = {
      step: 'settled',
      outcome: 'failed',
      finalState: 'stopped',
      reason: reason('update-failed', text),
    } as const;
    const results = ['i-1', 'i-2'].map((instanceId) => anInstance({ instanceId, ...failed }));
    const error = { Error: 'States.TaskFailed', Cause: text };
    const report = buildReport({ manifest, results, observed: new Map(), again: UNSEEN, error, now: at('03:00') });
    return summarize(report, { bucketName: 'bucket', language: 'en' });
  };

  it.each(texts)('has one line for each instance, whatever was said of it: %j', (text) => {
    const { subject, text: message } = told(text);
    expectPlain(subject);
    const lines = message.split('\n');
    expect(lines.filter((line) => /^ {2}i-/.test(line))).toHaveLength(2);
    expect(lines).toHaveLength(told(reason('update-failed', text).text === '' ? '' : 'fine').text.split('\n').length);
    for (const line of lines) expect(line).not.toMatch(UNPRINTABLE);
  });

  it.each(texts)('of the reconciler has one line for each as well: %j', (text) => {
    const one = {
      instanceId: 'i-1',
      runId: 'run-1',
      finalState: null,
      wokenAt: null,
      text: reason('booting', text).text,
      name: null,
      originalState: 'stopped',
    };
    const summary = summarizeReconciled(
      [
        { ...one, action: 'handed-over' },
        { ...one, instanceId: 'i-2', action: 'refused' },
      ],
      { region: 'eu-central-1', bucketName: 'bucket', language: 'en', hasNewRefusals: false },
    );
    expect(summary?.text.split('\n')).toHaveLength(11);
  });

  it.each(texts)('has a subject that SNS takes: %j', async (text) => {
    const message = { ...told(text), subject: text };
    await publish(new SNSClient({ region: 'eu-central-1' }), 'arn:aws:sns:eu-central-1:123456789012:t', message);

    const { Subject = '' } = sns.commandCalls(PublishCommand)[0]?.args[0].input ?? {};
    expect(Subject).toMatch(/^[\x20-\x7e]*$/);
    expect(Subject.length).toBeLessThanOrEqual(100);
  });
});

describe('tags and names', () => {
  const list = async () => {
    const handler = createListInstances(aRuntime('02:00:05', { TARGET_VERSION: TARGET }));
    return ownListing(await handler(aListRequest({ dryRun: true }), aContext()));
  };
  const manifest = () =>
    manifestSchema.parse(
      contentOf(s3.commandCalls(PutObjectCommand, { Key: 'runs/run-1/manifest.json' })[0]?.args[0].input.Body),
    );

  it.each(texts)('change no other instance’s line in the manifest: %j', async (text) => {
    const tags = Object.fromEntries([
      [text, text],
      ['__proto__', 'x'],
      ['aws:autoscaling', 'x'],
      ['constructor', text],
    ]);
    ec2.on(DescribeInstancesCommand).resolves(described(instanceFacts({ name: text, tags })));

    await list();

    expect(manifest().instances).toMatchObject([{ instanceId: INSTANCE_ID, name: text, decision: 'take-part' }]);
    expect(Object.prototype).not.toHaveProperty('polluted');
    expect(({} as Record<string, unknown>)[text === '' ? 'x' : `${text}!`]).toBeUndefined();
  });

  it.each(texts)('hold nothing as a lease, and touch nothing: %j', async (text) => {
    givenCarriers(mocks, [wokenFacts({ tags: leased(text) })], [aRecord([INSTANCE_ID])]);

    expect(await reconcile('03:00')).toMatchObject({ openLeases: 0, ignoredLeases: 1, instances: [] });
    expect(ec2).not.toHaveReceivedCommand(StopInstancesCommand);
  });

  it.each(texts)('name another state machine as one plain line: %j', async (text) => {
    const lease = `${text.replaceAll('/', '') || 'x'}/run/child/attempt`;
    ec2.on(DescribeInstancesCommand).resolves(described(instanceFacts({ tags: leased(lease) })));

    await list();

    const [member] = manifest().instances;
    expect(member?.reason?.code).toBe('busy');
    expectPlain(member?.reason?.text);
  });

  it.each(texts)('of an agent are a version only if they read like one: %j', async (text) => {
    ec2.on(DescribeInstancesCommand).resolves(described(instanceFacts({ state: 'running' })));
    ssm
      .on(DescribeInstanceInformationCommand)
      .resolves({ InstanceInformationList: [{ InstanceId: INSTANCE_ID, AgentVersion: text }] });

    expect((await list()).plan?.counts).toMatchObject({ update: 1, current: 0 });
    expectPlain(manifest().instances[0]?.version ?? undefined);
  });
});

describe('a log', () => {
  it.each(texts)('has one line for each entry, whatever it tells: %j', (text) => {
    const lines: string[] = [];
    const write = jest.spyOn(console, 'warn').mockImplementation((line: string) => void lines.push(line));
    process.env['POWERTOOLS_DEV'] = 'true';
    const logger = new Logger({ serviceName: 'test' });
    delete process.env['POWERTOOLS_DEV'];

    logger.warn('a command could not be cancelled', {
      instanceId: text,
      failure: { message: text },
      [`key ${text}`]: text,
    });
    write.mockRestore();

    expect(lines).toHaveLength(1);
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ level: 'WARN', message: 'a command could not be cancelled' });
  });

  it('tells who looked at a session', async () => {
    const owner = UNTRUSTED_TEXTS[0];
    givenCarriers(mocks, [wokenFacts()], [aRecord([INSTANCE_ID])]);
    ssm.on(DescribeSessionsCommand).resolves({ Sessions: [{ Target: INSTANCE_ID, SessionId: 's-1', Owner: owner }] });

    const { instances } = await reconcile('02:40');

    expectPlain(instances[0]?.text ?? undefined);
  });
});
