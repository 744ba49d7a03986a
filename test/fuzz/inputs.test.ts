import { EC2Client } from '@aws-sdk/client-ec2';
import { ResourceGroupsClient } from '@aws-sdk/client-resource-groups';
import { S3Client } from '@aws-sdk/client-s3';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SNSClient } from '@aws-sdk/client-sns';
import { SSMClient } from '@aws-sdk/client-ssm';
import { mockClient } from 'aws-sdk-client-mock';
import fc from 'fast-check';
import { batchSchema } from '../../functions/domain/batch/batch.ts';
import { executionInputSchema, listRequestSchema } from '../../functions/domain/listing/execution-input.ts';
import { parseFleet } from '../../local/account/fleet/fleet.ts';
import { BadInput } from '../../local/base/bad-input.ts';
import { functionFactories } from '../../local/deployment/deploy.ts';
import { aBatch, anInstance, aRun } from '../support/builders.ts';
import { aContext, aListRequest, aRuntime } from '../support/functions.ts';
import { anyJson, anyText, expectReadable, RUNS, spoilt, thrownBy } from '../support/fuzzing.ts';
import { ABORTED, SCHEDULE } from '../support/reconciling.ts';

const clients = [EC2Client, ResourceGroupsClient, S3Client, SFNClient, SNSClient, SSMClient] as const;
const mocks = clients.map((client) => mockClient(client as typeof EC2Client));
const callsToAws = () => mocks.flatMap((mock) => mock.calls()).length;

/** Only where nothing is asked is nothing touched. */
beforeEach(() => {
  for (const mock of mocks) mock.reset();
});

const handlers = Object.entries(functionFactories).map(
  ([id, create]) => [id.replace(/Function$/, ''), create(aRuntime('02:00'))] as const,
);
const conveyor = handlers.filter(([id]) => !['ListInstances', 'ReportRun', 'ReconcileLeases'].includes(id));

/** As ListInstances gets it: no input, and what the console fills in, are an empty one. */
const isTaken = (input: unknown): boolean => listRequestSchema.safeParse({ ...aListRequest(), input }).success;

describe('the input of an execution, whatever it is', () => {
  const [, listInstances] = handlers.find(([id]) => id === 'ListInstances') ?? [];
  const inputs = fc.oneof(
    anyJson,
    spoilt({ groups: ['dev'], targetVersion: 'latest', dryRun: true, allowEmpty: false }),
    spoilt({ finishBy: '2026-12-06T06:00:00Z', scheduledTime: '2026-12-06T02:00:00Z' }),
  );

  it('is taken, or refused by the name of a field before AWS is asked for anything', async () => {
    await fc.assert(
      fc.asyncProperty(
        inputs.filter((input) => !isTaken(input)),
        async (input) => {
          const error = await thrownBy(() => listInstances?.({ ...aListRequest(), input }, aContext()));
          expect(error?.name).toBe('InvalidInput');
          expect(error?.message).toMatch(/^ListInstances: input(\.\w+|\[\d+\])*: (give |only \w)/);
          if (error !== null) expectReadable(error);
          expect(callsToAws()).toBe(0);
        },
      ),
      RUNS,
    );
  });

  it('is all that it says, and nothing else, where it is taken', () => {
    fc.assert(
      fc.property(inputs, (input) => {
        const { success, data } = executionInputSchema.safeParse(input);
        if (success) expect(data).toEqual(input);
      }),
      RUNS,
    );
  });
});

describe('what a function is called with', () => {
  it.each(handlers)('%s refuses whatever it does not know, before AWS is asked for anything', async (id, handler) => {
    await fc.assert(
      fc.asyncProperty(anyJson, async (event) => {
        const error = await thrownBy(() => handler(event, aContext()));
        expect(error?.name).toBe('InvalidInput');
        expect(error?.message).toMatch(new RegExp(`^${id}: `));
        if (error !== null) expectReadable(error);
        expect(callsToAws()).toBe(0);
      }),
      RUNS,
    );
  });

  it.each(conveyor)('%s refuses a batch that is not whole', async (id, handler) => {
    const batches = spoilt(aBatch([anInstance()])).filter((batch) => !batchSchema.safeParse(batch).success);
    await fc.assert(
      fc.asyncProperty(batches, async (batch) => {
        const error = await thrownBy(() => handler(batch, aContext()));
        expect(error).toMatchObject({ name: 'InvalidInput', message: expect.stringMatching(`^${id}: `) });
        expect(error?.message).toMatch(/^\w+: (.+: )?(give |only \w)/);
        expect(callsToAws()).toBe(0);
      }),
      RUNS,
    );
  });

  it('ListInstances refuses a request that is not whole', async () => {
    const [, listInstances] = handlers.find(([id]) => id === 'ListInstances') ?? [];
    const requests = spoilt(aListRequest()).filter((request) => !listRequestSchema.safeParse(request).success);
    await fc.assert(
      fc.asyncProperty(requests, async (request) => {
        expect(await thrownBy(() => listInstances?.(request, aContext()))).toMatchObject({ name: 'InvalidInput' });
        expect(callsToAws()).toBe(0);
      }),
      RUNS,
    );
  });

  it('ListInstances takes no ARN but that of an execution', async () => {
    const [, listInstances] = handlers.find(([id]) => id === 'ListInstances') ?? [];
    await fc.assert(
      fc.asyncProperty(anyText, async (executionArn) => {
        const error = await thrownBy(() => listInstances?.({ ...aListRequest(), executionArn }, aContext()));
        expect(error).toMatchObject({ name: 'InvalidInput', message: expect.stringContaining('executionArn') });
        if (error !== null) expectReadable(error);
        expect(callsToAws()).toBe(0);
      }),
      RUNS,
    );
  });

  it('ReportRun refuses a run that is not whole', async () => {
    const [, reportRun] = handlers.find(([id]) => id === 'ReportRun') ?? [];
    const required = ['runId', 'stateMachine', 'account', 'region', 'startedAt', 'targetVersion'];
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...required),
        fc.oneof(fc.constant(undefined), fc.nat()),
        async (field, value) => {
          const error = await thrownBy(() =>
            reportRun?.({ run: { ...aRun(), [field]: value }, input: {} }, aContext()),
          );
          expect(error).toMatchObject({ name: 'InvalidInput', message: expect.stringContaining(`run.${field}`) });
          expect(callsToAws()).toBe(0);
        },
      ),
      RUNS,
    );
  });

  it('ReconcileLeases refuses events of others', async () => {
    const [, reconcile] = handlers.find(([id]) => id === 'ReconcileLeases') ?? [];
    const isKnown = (event: Record<string, unknown>) => {
      const { executionArn, status } = (event['detail'] ?? {}) as Record<string, unknown>;
      const isEnd = event['detail-type'] === ABORTED['detail-type'];
      return (
        event['trigger'] === 'schedule' || (isEnd && [executionArn, status].every((one) => typeof one === 'string'))
      );
    };
    const events = fc.oneof(spoilt(ABORTED), spoilt(SCHEDULE), spoilt({ ...ABORTED, trigger: 'event' }));
    await fc.assert(
      fc.asyncProperty(
        events.filter((event) => !isKnown(event)),
        async (event) => {
          const error = await thrownBy(() => reconcile?.(event, aContext()));
          expect(error).toMatchObject({ name: 'InvalidInput', message: expect.stringMatching(/^ReconcileLeases: /) });
          if (error !== null) expectReadable(error);
          expect(callsToAws()).toBe(0);
        },
      ),
      RUNS,
    );
  });
});

describe('the environment of a function', () => {
  const whole = aRuntime('02:00').environment;

  it.each(Object.entries(functionFactories))('%s loads with it, or names each variable that is wrong', (id, create) => {
    const load = (environment: Record<string, string | undefined>) =>
      thrownBy(() => create({ ...aRuntime('02:00'), environment }));
    const values = fc.oneof(
      anyText,
      fc.constant(undefined),
      fc.integer().map(String),
      fc.constantFrom('1e3', '-1', ' 60', '0x10'),
    );
    return fc.assert(
      fc.asyncProperty(fc.constantFrom(...Object.keys(whole)), values, async (variable, value) => {
        const error = await load({ ...whole, [variable]: value });
        if (error === null) return;
        expect(error.name).toBe('InvalidEnvironment');
        expect(error.message).toContain(variable);
        expectReadable(error);
        expect(`${id} ${callsToAws()}`).toBe(`${id} 0`);
      }),
      RUNS,
    );
  });

  it.each(Object.entries(functionFactories))('%s names all that is missing at once', async (_id, create) => {
    const error = await thrownBy(() => create({ ...aRuntime('02:00'), environment: {} }));
    expect(error).toMatchObject({ name: 'InvalidEnvironment', message: expect.stringMatching(/^[A-Z_]+: give /u) });
  });
});

describe('a fleet file, whatever stands in it', () => {
  const instance = { id: 'i-1', state: 'stopped', platform: 'ubuntu', agentVersion: '3.2.1630.0', behaviours: [] };
  const group = { name: 'dev', instances: [instance] };
  const fleet = { region: 'eu-central-1', agentVersion: '3.3.551.0', groups: [group] };
  const files = fc.oneof(
    anyJson,
    spoilt(fleet),
    spoilt(group).map((one) => ({ ...fleet, groups: [one] })),
    spoilt(instance).map((one) => ({ ...fleet, groups: [{ name: 'dev', instances: [one] }] })),
  );

  it('is a fleet, or is refused in words that name the file', () => {
    fc.assert(
      fc.property(files, (content) => {
        try {
          expect(parseFleet(content, 'my-fleet.json').groups.length).toBeGreaterThan(0);
        } catch (error) {
          if (!(error instanceof BadInput)) throw error;
          expect(error.message).toContain('my-fleet.json');
        }
      }),
      { numRuns: 500 },
    );
  });
});
