import {
  CreateTagsCommand,
  DescribeInstanceAttributeCommand,
  DescribeInstancesCommand,
  StartInstancesCommand,
} from '@aws-sdk/client-ec2';
import { ListGroupResourcesCommand, ResourceGroupsClient } from '@aws-sdk/client-resource-groups';
import { GetObjectCommand } from '@aws-sdk/client-s3';
import { DescribeExecutionCommand } from '@aws-sdk/client-sfn';
import { DescribeInstanceInformationCommand } from '@aws-sdk/client-ssm';
import { mockClient } from 'aws-sdk-client-mock';
import fc from 'fast-check';
import { LEASE_TAG, parseLease } from '../../functions/domain/ownership/lease.ts';
import { leaseStatusOf } from '../../functions/domain/ownership/lease-status.ts';
import { lockSchema } from '../../functions/domain/ownership/run-lock.ts';
import { startRecordSchema } from '../../functions/domain/ownership/start-record.ts';
import { createListInstances } from '../../functions/list-instances/list-instances.ts';
import { createReportRun } from '../../functions/report-run/report-run.ts';
import { createStartInstances } from '../../functions/start-instances/start-instances.ts';
import { createUpdateAgent } from '../../functions/update-agent/update-agent.ts';
import { aReconcilerLock, aRecord, aRunLock, givenLock, givenRecords } from '../support/bucket.ts';
import {
  aBatch,
  aMember,
  anInstance,
  aRun,
  at,
  aWokenInstance,
  INSTANCE_ID,
  instanceFacts,
  leaseValue,
  OLD,
  stamp,
  TARGET,
  wokenFacts,
} from '../support/builders.ts';
import {
  aContext,
  aListRequest,
  aRuntime,
  described,
  grouped,
  leased,
  mockClients,
  stored,
} from '../support/functions.ts';
import { anyJson, anyText, expectReadable, spoilt, thrownBy, writesTo } from '../support/fuzzing.ts';
import { givenAbortedRun, givenCarriers, metrics, reconcile } from '../support/reconciling.ts';

const mocks = mockClients();
const groups = mockClient(ResourceGroupsClient);
const { ec2, s3, sfn, ssm } = mocks;
const RUNS = { numRuns: 60 };

const touches = () => writesTo(ec2, ssm);
/** Before each try anew: what has been given would pile up. */
const prepare = () => {
  givenAbortedRun(mocks);
  groups.reset();
  groups.on(ListGroupResourcesCommand).resolves(grouped(INSTANCE_ID));
  ssm.on(DescribeInstanceInformationCommand).resolves({});
  ec2.on(DescribeInstanceAttributeCommand).resolves({});
  ec2.on(CreateTagsCommand).resolves({});
  ec2.on(StartInstancesCommand).resolves({});
};
/** As it stands in an object: JSON, or no JSON at all. */
const asObject = (content: unknown) => (typeof content === 'string' ? content : JSON.stringify(content));

const list = () => createListInstances(aRuntime('02:00:05', { TARGET_VERSION: TARGET }))(aListRequest(), aContext());
const start = () => createStartInstances(aRuntime('03:00'))(aBatch([anInstance()]), aContext({ attempt: 'attempt-9' }));
const update = () =>
  createUpdateAgent(aRuntime('02:02:10'))(
    aBatch([aWokenInstance({ step: 'update', stepSince: stamp('02:02'), versionBefore: OLD })]),
    aContext(),
  );
const report = () => createReportRun(aRuntime('03:00'), metrics)({ run: aRun(), input: {} }, aContext());

/** Whatever may stand in a tag; often something that looks like a lease. */
const part = fc.oneof(
  anyText,
  fc.constantFrom('reveille-update-agents', 'run-1', 'child-1', 'attempt-1', '', '..', '__proto__', '*', '%2F'),
);
const foreignLeases = fc
  .oneof(
    anyText,
    fc.array(part, { maxLength: 6 }).map((parts) => parts.join('/')),
  )
  .filter((value) => value !== leaseValue());

describe('a lease tag that we did not write, whatever it says', () => {
  it('holds nothing, or is someone else’s: never an orphan', () => {
    fc.assert(
      fc.property(foreignLeases, anyText, (value, instanceId) => {
        const dead = { status: 'ended', stoppedAt: stamp('02:30') } as const;
        const facts = { value, instanceId, records: new Map(), run: dead, child: dead };
        const { kind } = leaseStatusOf(facts, aRun().stateMachine, at('03:00'));
        const lease = parseLease(value);
        expect(kind).toBe(lease === null || lease.stateMachine === aRun().stateMachine ? 'ignored' : 'busy');
      }),
    );
  });

  it('makes the reconciler touch no instance', async () => {
    await fc.assert(
      fc.asyncProperty(foreignLeases, async (value) => {
        prepare();
        givenCarriers(mocks, [wokenFacts({ tags: leased(value) })], [aRecord([INSTANCE_ID])]);

        expect((await reconcile('03:00')).instances).toEqual([]);
        expect(touches()).toEqual([]);
      }),
      RUNS,
    );
  });

  it('starts no instance that runs, and stops none that was running', async () => {
    await fc.assert(
      fc.asyncProperty(foreignLeases, async (value) => {
        prepare();
        givenRecords(s3);
        givenLock(s3, null);
        ec2.on(DescribeInstancesCommand).resolves(described(wokenFacts({ tags: leased(value) })));

        const reply = await list();

        expect(reply).toMatchObject({ inTransition: 0 });
        const batches = 'batches' in reply ? reply.batches : [];
        // Taking part as one that runs, or left out as busy.
        for (const { originalState } of batches[0]?.instances ?? []) expect(originalState).toBe('running');
        expect(touches()).toEqual([]);
      }),
      RUNS,
    );
  });

  it('is not touched where another state machine has it', async () => {
    const others = fc.tuple(part, part, part, part).map((parts) => parts.map((one) => one.replaceAll('/', '') || 'x'));
    await fc.assert(
      fc.asyncProperty(
        others.filter(([stateMachine]) => stateMachine !== aRun().stateMachine),
        async (parts) => {
          prepare();
          givenRecords(s3);
          const tags = { [LEASE_TAG]: parts.join('/') };
          ec2.on(DescribeInstancesCommand).resolves(described(instanceFacts({ tags })));

          const { instances } = await start();

          expect(instances[0]).toMatchObject({ outcome: 'excluded', reason: { code: 'busy' } });
          expect(touches()).toEqual([]);
        },
      ),
      RUNS,
    );
  });
});

const garbageLocks = fc
  .oneof(anyJson, spoilt(aRunLock()), spoilt(aReconcilerLock('02:00', '02:01')))
  .filter((content) => typeof content !== 'string' && !lockSchema.safeParse(content).success);
const notJson = fc.constantFrom('', '{', '<Error/>', '\u0000', 'null null', "{'kind':'run'}");

describe('a lock that is garbage', () => {
  it.each([
    ['ListInstances', instanceFacts(), list],
    ['StartInstances', instanceFacts(), start],
    ['UpdateAgent', wokenFacts(), update],
    ['ReconcileLeases', instanceFacts(), () => reconcile('03:00')],
  ])('stops %s by its name, and no instance is touched', async (_function, facts, call) => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(garbageLocks, notJson), async (content) => {
        prepare();
        givenCarriers(mocks, [facts], []);
        givenLock(s3, asObject(content));

        const error = await thrownBy(call);
        expect(error).toMatchObject({ name: 'UnexpectedReply', message: expect.stringContaining('lock.json') });
        if (error !== null) expectReadable(error);
        expect(touches()).toEqual([]);
        expect(writesTo(s3)).toEqual([]);
      }),
      RUNS,
    );
  });

  it('lets no run act that does not have it, where it can be read', async () => {
    const own = aRunLock();
    const readable = spoilt(own).filter((content) => {
      const { success, data } = lockSchema.safeParse(content);
      return success && !(data.kind === 'run' && data.runId === own.runId && data.startedAt === own.startedAt);
    });
    const runs = anyText.filter((name) => name !== '' && name !== own.runId).map((runId) => ({ ...own, runId }));
    await fc.assert(
      fc.asyncProperty(fc.oneof(runs, readable), async (content) => {
        prepare();
        givenCarriers(mocks, [instanceFacts()], []);
        givenLock(s3, asObject(content));

        const lost = { instances: [{ step: 'restore', reason: { code: 'lock-lost' } }] };
        const started = await start();
        givenCarriers(mocks, [wokenFacts()], []);
        expect([started, await update()]).toMatchObject([lost, lost]);
        expect(touches()).toEqual([]);
      }),
      { numRuns: 30 },
    );
  });
});

describe('a record that is garbage', () => {
  const Key = 'runs/run-1/records/child-1/attempt-1.json';
  const garbage = fc
    .oneof(anyJson, spoilt(aRecord([INSTANCE_ID])))
    .filter((content) => typeof content !== 'string' && !startRecordSchema.safeParse(content).success);

  it.each([
    ['ListInstances', list],
    ['ReconcileLeases', () => reconcile('03:00')],
  ])('makes its own instance busy for %s, and no instance is touched', async (_function, call) => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(garbage, notJson), async (content) => {
        prepare();
        givenCarriers(mocks, [wokenFacts()], [aRecord([INSTANCE_ID])]);
        s3.on(GetObjectCommand, { Key }).resolves(stored(asObject(content)));
        givenLock(s3, null);

        expect(await thrownBy(call)).toBeNull();
        expect(touches()).toEqual([]);
      }),
      RUNS,
    );
  });

  it('stops StartInstances by its name, and no instance is touched', async () => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(garbage, notJson), async (content) => {
        prepare();
        givenCarriers(mocks, [wokenFacts()], [aRecord([INSTANCE_ID])]);
        s3.on(GetObjectCommand, { Key }).resolves(stored(asObject(content)));
        givenLock(s3, aRunLock());

        const error = await thrownBy(start);

        expect(error).toMatchObject({ name: 'UnexpectedReply', message: expect.stringContaining(Key) });
        if (error !== null) expectReadable(error);
        expect(touches()).toEqual([]);
      }),
      RUNS,
    );
  });

  it('of others is not even read', async () => {
    prepare();
    sfn.on(DescribeExecutionCommand).resolves({ status: 'RUNNING' });
    givenCarriers(mocks, [instanceFacts()], [aRecord([INSTANCE_ID], { child: 'child-2' })]);
    s3.on(GetObjectCommand, { Key: Key.replace('child-1', 'child-2') }).resolves(stored('garbage'));
    givenLock(s3, aRunLock());

    expect((await start()).instances[0]?.step).toBe('preflight');
  });
});

describe('a run’s files that are garbage', () => {
  it('are a result that is missing, and the others are reported', async () => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(anyJson, notJson), async (content) => {
        prepare();
        const manifest = {
          run: aRun(),
          listedAt: stamp('02:00'),
          allowEmpty: false,
          groups: ['dev'],
          batches: 1,
          instances: [aMember(INSTANCE_ID)],
        };
        s3.on(GetObjectCommand, { Key: 'runs/run-1/manifest.json' }).resolves(stored(manifest));
        s3.on(GetObjectCommand, { Key: 'runs/run-1/results/0000.json' }).resolves(stored(asObject(content)));

        expect(await report()).toMatchObject({ status: 'failed', counts: { intended: 1, failed: 1 } });
        expect(touches()).toEqual([]);
      }),
      RUNS,
    );
  });

  it('are no manifest: nothing is reported, since the intended instances are not known', async () => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(anyJson, notJson), async (content) => {
        prepare();
        s3.on(GetObjectCommand, { Key: 'runs/run-1/manifest.json' }).resolves(stored(asObject(content)));

        const error = await thrownBy(report);

        expect(error).toMatchObject({ name: 'UnexpectedReply', message: expect.stringContaining('manifest.json') });
        expect([...touches(), ...writesTo(s3)]).toEqual([]);
      }),
      RUNS,
    );
  });
});
