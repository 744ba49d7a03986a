import { readFileSync } from 'node:fs';
import { DeleteObjectCommand } from '@aws-sdk/client-s3';
import type { Handler } from '../../../../functions/runtime/handler.ts';
import { type BehaviourName, behaviourNames } from '../../../../local/account/fleet/behaviours.ts';
import { parseFleet } from '../../../../local/account/fleet/fleet.ts';
import { mixedFleet } from '../../../../local/account/fleet/mixed-fleet.ts';
import { PURPOSES } from '../../../../local/generate/permission-purposes.ts';
import { type Night, night } from '../../../../local/run/night.ts';
import { type SimulationOptions, simulate } from '../../../../local/run/simulated-run.ts';
import { clientsOf } from '../../../support/account.ts';
import { createLedger, deniedCalls, unexplainedDenials } from '../../../support/permissions.ts';
import { aFleet } from '../../../support/stories.ts';

type Wrap = (logicalId: string, handler: Handler<unknown>) => Handler<unknown>;

const failure = (name: string) => Object.assign(new Error(`${name} for the story`), { name });

/** Lets a function do its work; from a turn on its replies are lost. */
const losesReplies =
  (victim: string, isLost: (turn: number) => boolean): Wrap =>
  (logicalId, handler) => {
    let turn = 0;
    return async (event, context) => {
      const reply = await handler(event, context);
      if (logicalId === victim && isLost(++turn)) throw failure('Lambda.ServiceException');
      return reply;
    };
  };

const breaks =
  (victim: string): Wrap =>
  (logicalId, handler) =>
    logicalId === victim ? () => Promise.reject(failure('Runtime.ExitError')) : handler;

const shipped = (name: string) =>
  parseFleet(
    JSON.parse(readFileSync(new URL(`../../../../fleets/${name}.json`, `file://${__filename}`), 'utf8')),
    name,
  );
const withAll = (...names: BehaviourName[]) =>
  aFleet({
    dev: Object.fromEntries(names.map((name) => [name, { behaviours: [name] }])),
    prod: { shop: { state: 'running' } },
  });
const pair = aFleet({ dev: { 'web-1': {}, 'web-2': {} }, prod: { shop: { state: 'running' } } });
const encrypted = {
  KmsKeyArns: 'arn:aws:kms:eu-central-1:123456789012:key/volumes',
  NotificationTopicArn: 'arn:aws:sns:eu-central-1:123456789012:reveille',
};

const stories: Record<string, Pick<SimulationOptions, 'fleet'> & Partial<SimulationOptions>> = {
  'the demo': { fleet: shipped('dev-and-prod') },
  'every behaviour': { fleet: withAll(...behaviourNames), parameters: encrypted },
  'a mixed fleet': { fleet: mixedFleet(60, 2), seed: 2 },
  'boots that EC2 shows late': { fleet: pair, habits: { launchTimeSeconds: [8, 12] } },
  'a dry run': { fleet: pair, input: { dryRun: true } },
  'a start whose reply is lost': { fleet: pair, wrap: losesReplies('StartInstancesFunction', (turn) => turn === 1) },
  'a readiness that is broken': { fleet: aFleet({ dev: { web: {} } }), wrap: breaks('CheckReadinessFunction') },
  'a readiness that is broken, of boots that EC2 shows too late': {
    fleet: aFleet({ dev: { web: {} } }),
    habits: { launchTimeSeconds: [70, 80] },
    wrap: breaks('CheckReadinessFunction'),
  },
  'starts whose replies are all lost': { fleet: pair, wrap: losesReplies('StartInstancesFunction', () => true) },
  'an update whose replies are all lost, and that is rolled back': {
    fleet: aFleet({ dev: { web: { behaviours: ['update-rolls-back'] } } }),
    wrap: losesReplies('UpdateAgentFunction', () => true),
  },
  'an update whose replies are all lost, and that fails without a known word': {
    fleet: aFleet({ dev: { web: { behaviours: ['update-fails'] } } }),
    wrap: losesReplies('UpdateAgentFunction', () => true),
  },
  'a verifying that is broken': { fleet: pair, wrap: breaks('VerifyVersionsFunction') },
  'a restoring that is broken': { fleet: pair, wrap: breaks('RestoreInstancesFunction') },
  'a report whose reply is lost': { fleet: pair, wrap: losesReplies('ReportRunFunction', () => true) },
};

const web = aFleet({ dev: { web: {}, slow: { behaviours: ['slow-boot'] } } });
const scheduled = { scheduledTime: '2026-12-06T02:00:00Z' };
const sent = ({ called }: Night) => called('UpdateAgentFunction', 'SendCommand');

/** Reconciles until the writers of the dead run are surely dead, and what it held is stopped. */
async function reconcileFor(minutes: number, { pass, reconcile }: Night): Promise<void> {
  for (let minute = 0; minute < minutes; minute += 5) {
    await pass(300);
    await reconcile();
  }
}

const nights: Record<string, [fleet: typeof web, script: (night: Night) => Promise<void>]> = {
  'a run that is aborted in the middle of an update, and reconciled': [
    aFleet({ dev: { web: { behaviours: ['update-fails'] }, slow: { behaviours: ['slow-boot'] } } }),
    async (one) => {
      const run = one.start('first');
      await sent(one);
      run.abort();
      await reconcileFor(60, one);
    },
  ],
  'a run that is aborted, and whose instances the next one takes over': [
    web,
    async (one) => {
      const run = one.start('first');
      await one.called('StartInstancesFunction', 'StartInstances');
      await one.pass(30);
      run.abort();
      await one.pass(600);
      await one.start('second').result;
    },
  ],
  'a schedule that delivers an occurrence three times': [
    web,
    async (one) => {
      const first = one.start('first', scheduled);
      await sent(one);
      await one.start('second', scheduled).result;
      await first.result;
      await one.start('third', scheduled).result;
    },
  ],
  'a run that is refused': [aFleet({ dev: {} }), async ({ start }) => void (await start('first').result)],
  'a run whose lock a person has removed': [
    web,
    async (one) => {
      const run = one.start('first');
      await one.called('StartInstancesFunction', 'StartInstances');
      const { s3 } = clientsOf(one.account, 'person');
      await s3.send(new DeleteObjectCommand({ Bucket: one.account.bucket, Key: 'lock.json' }));
      await run.result;
    },
  ],
  'an instance on which someone works for longer than its run waits': [
    web,
    async (one) => {
      const run = one.start('first');
      await sent(one);
      for (const id of one.account.world.machines.keys()) one.account.people.openSession(id, 90 * 60);
      await run.result;
      await reconcileFor(120, one);
    },
  ],
  'an instance that a person starts after it was recorded': [
    web,
    async (one) => {
      const run = one.start('first');
      // In the second look: in the first, the leases are not seen yet, and no instance can be started.
      await one.called('StartInstancesFunction', 'PutObject');
      await one.called('StartInstancesFunction', 'PutObject');
      for (const id of one.account.world.machines.keys()) one.account.people.start(id);
      await run.result;
    },
  ],
};

const ledger = createLedger();

describe('under its own roles', () => {
  it.each(Object.keys(stories))('%s makes no call that is denied', async (name) => {
    const story = stories[name] as (typeof stories)[string];
    const { account } = await simulate({ seed: 1, ...story });
    ledger.note(account);

    expect(unexplainedDenials(account)).toEqual([]);
  });

  it.each(Object.keys(nights))('%s makes no call that is denied', async (name) => {
    const [fleet, script] = nights[name] as (typeof nights)[string];
    const account = await night(fleet, script);
    ledger.note(account);

    expect(unexplainedDenials(account)).toEqual([]);
  });

  it('no call is denied: a start comes once its lease is seen', async () => {
    const { account, report } = await simulate({ fleet: pair, seed: 1 });

    expect(deniedCalls(account)).toEqual([]);
    expect(report?.counts).toMatchObject({ intended: 3, updated: 3 });
  });
});

/** Allowed, and never needed by a call of a function: what AWS does on our behalf, where no story can see it. */
const onOurBehalf = Object.entries(PURPOSES).flatMap(([sid, { what, byAws }]): [string, string][] =>
  byAws ? [[sid, what]] : [],
);

const isOf = (sid: string) => (text: string) => text.includes(` ${sid}: `);

describe('after all these stories', () => {
  it('nothing is allowed that was never needed, save what AWS does on our behalf', () => {
    const unexplained = ledger.unused().filter((text) => !onOurBehalf.some(([sid]) => isOf(sid)(text)));
    expect(unexplained).toEqual([]);
  });

  it.each(onOurBehalf)('%s is still allowed, and still never called: %s', (sid) => {
    expect(ledger.unused().some(isOf(sid))).toBe(true);
  });
});
