import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import type { createListInstances as Factory } from '../../functions/list-instances/list-instances.ts';
import { type Account, createAccount } from '../../local/account/account.ts';
import type { Fleet } from '../../local/account/fleet/fleet.ts';
import { mixedFleet } from '../../local/account/fleet/mixed-fleet.ts';
import { connect } from '../../local/account/in-process.ts';
import { runInVirtualTime } from '../../local/clock/virtual-time.ts';
import { definitionPath } from '../../local/deployment/deploy.ts';
import { readDefinition, type State } from '../../local/engine/definition.ts';
import { aReconcilerLock, aRunLock } from '../support/bucket.ts';
import { aFleet } from '../support/stories.ts';

const folder = mkdtempSync(join(tmpdir(), 'reveille-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** ListInstances as it is deployed: bundled and minified, so that classes have lost their names. */
function minified(): typeof Factory {
  const outfile = join(folder, 'list-instances.cjs');
  const entry = join(__dirname, '../../functions/list-instances/list-instances.ts');
  buildSync({
    entryPoints: [entry],
    outfile,
    bundle: true,
    minify: true,
    format: 'cjs',
    platform: 'node',
    target: 'node24',
    logLevel: 'error',
  });
  return (createRequire(__filename)(outfile) as { createListInstances: typeof Factory }).createListInstances;
}

const createListInstances = minified();

interface Case {
  fleet: Fleet;
  input: unknown;
  prepare?: (account: Account) => void;
  environment?: Record<string, string>;
  principalFails?: { name: string; status: number };
}

const NIGHT = new Date('2026-12-06T02:00:00Z');

const putLock = ({ objects, bucket }: Account, lock: unknown) =>
  objects.put(bucket, 'lock.json', JSON.stringify(lock), 0);

const healthy = aFleet({ dev: { web: {} } });
const provoked: Record<string, Case> = {
  InvalidInput: { fleet: healthy, input: { groups: [] } },
  EmptyGroup: { fleet: aFleet({ dev: {} }), input: {} },
  BrokenGroup: { fleet: healthy, input: { groups: ['nowhere'] } },
  TooManyInstances: { fleet: mixedFleet(560, 1), input: { groups: ['dev', 'prod'] } },
  UnknownAgentVersion: {
    fleet: healthy,
    input: {},
    prepare: ({ objects, region }) => objects.put(`amazon-ssm-${region}`, 'latest/VERSION', 'soon', 0),
  },
  AlreadyRunning: { fleet: healthy, input: {}, prepare: (account) => putLock(account, aRunLock({ runId: 'run-2' })) },
  LockedForNow: {
    fleet: healthy,
    input: {},
    prepare: (account) => putLock(account, aReconcilerLock('01:59:30', '02:00:30')),
  },
  AwsRefused: { fleet: healthy, input: {}, environment: { BUCKET_NAME: 'another-bucket' } },
  AwsUnavailable: { fleet: healthy, input: {}, principalFails: { name: 'TimeoutError', status: 0 } },
};

async function thrownBy({ fleet, input, prepare, environment, principalFails }: Case): Promise<string> {
  const account = createAccount({ fleet, seed: 1, now: () => Date.now() });
  prepare?.(account);
  const options = connect(account, 'ListInstancesFunction', 1);
  const failing = {
    handle: async () => Promise.reject(Object.assign(new Error('no answer'), { name: principalFails?.name })),
  };
  const handler = createListInstances({
    now: () => new Date(),
    logger: { info: () => undefined, warn: () => undefined, error: () => undefined },
    environment: {
      BUCKET_NAME: account.bucket,
      GROUPS: 'dev',
      TARGET_VERSION: 'latest',
      OPT_OUT_TAG: 'reveille:opt-out',
      SCHEDULE_TIMEZONE: 'UTC',
      BATCH_SIZE: '50',
      LISTINGS_MAX: '5',
      WINDOW_SECONDS: '14400',
      RESTORE_DEADLINE_SECONDS: '1800',
      ...environment,
    },
    clientOptions: principalFails ? { ...options, requestHandler: failing as never } : options,
  });
  const request = {
    input,
    listing: 0,
    executionArn: 'arn:aws:states:eu-central-1:123456789012:execution:reveille-update-agents:run-1',
    startedAt: '2026-12-06T02:00:00.000Z',
  };
  return handler(request, { awsRequestId: 'request-1', getRemainingTimeInMillis: () => 60_000 }).then(
    () => 'nothing',
    (error: Error) => error.name,
  );
}

interface Retrier {
  ErrorEquals: string[];
  MaxAttempts: number;
}

/** The names of ours that the state machine catches or retries anywhere. */
function caughtNames(): string[] {
  const names = new Set<string>();
  const visit = (states: Record<string, State>): void => {
    for (const state of Object.values(states)) {
      const rules = [
        ...((state['Catch'] as { ErrorEquals: string[] }[] | undefined) ?? []),
        // What is never tried again is told like any other error.
        ...((state['Retry'] as Retrier[] | undefined) ?? []).filter(({ MaxAttempts }) => MaxAttempts !== 0),
      ];
      for (const name of rules.flatMap(({ ErrorEquals }) => ErrorEquals)) names.add(name);
      const processor = state['ItemProcessor'] as { States: Record<string, State> } | undefined;
      if (processor) visit(processor.States);
    }
  };
  visit(readDefinition(definitionPath, {}).States);
  return [...names].filter((name) => !/^(States|Lambda|Runtime|Sandbox)\./.test(name)).sort();
}

describe('a minified bundle', () => {
  // Its own copy of the SDK reads configuration files with its first call: in real time, or virtual time overtakes it.
  beforeAll(() => thrownBy({ fleet: healthy, input: {} }));

  it.each(Object.entries(provoked))('throws %s under that name', async (name, provocation) => {
    // In virtual time: the SDK's retries would really wait.
    expect(await runInVirtualTime(NIGHT, 1, () => thrownBy(provocation))).toBe(name);
  });

  it('throws each name that the state machine knows', () => {
    expect(caughtNames().length).toBeGreaterThan(4);
    expect(caughtNames().filter((name) => !Object.hasOwn(provoked, name))).toEqual([]);
  });
});
