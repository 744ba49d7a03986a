import type { Account } from '../../local/account/account.ts';
import type { BehaviourName } from '../../local/account/fleet/behaviours.ts';
import type { OddAnswer } from '../../local/account/fleet/odd-answers.ts';
import { SIMULATION_START } from '../../local/run/simulated-run.ts';
import { aFleet, tell } from '../support/stories.ts';

/** Where one instance is odd, its neighbours end as if it did not exist; and what AWS said of it stands in its reason. */
const marketplace = {
  call: 'StartInstances',
  code: 'OptInRequired',
  message: 'In order to use this AWS Marketplace product you need to accept terms and subscribe.',
};

const nine = Object.fromEntries(Array.from({ length: 9 }, (_, index) => [`web-${index}`, {}]));

it('updates 47 of fifty, where three that stand first need the terms of a Marketplace product', async () => {
  const odd = Object.fromEntries(['shop-1', 'shop-2', 'shop-3'].map((name) => [name, { answers: [marketplace] }]));
  const others = Object.fromEntries(Array.from({ length: 47 }, (_, index) => [`web-${index}`, {}]));
  const { report, of, broken } = await tell(aFleet({ dev: { ...odd, ...others } }));

  expect(report.counts).toMatchObject({ intended: 50, updated: 47, failed: 3 });
  expect(of('shop-2').reason?.text).toContain('OptInRequired');
  expect(broken).toEqual([]);
});

describe('what AWS refuses of one of ten', () => {
  it.each([
    ['StartInstances', { outcome: 'failed', reason: { code: 'start-refused' }, finalState: 'stopped' }],
    ['CreateTags', { outcome: 'failed', reason: { code: 'lease-refused' }, finalState: 'stopped' }],
    ['DescribeInstanceAttribute', { outcome: 'excluded', reason: { code: 'question-refused' } }],
    ['DescribeInstanceInformation', { outcome: 'failed', reason: { code: 'question-refused' }, finalState: 'stopped' }],
    [
      'DescribeInstanceAssociationsStatus',
      { outcome: 'failed', reason: { code: 'way-back-denied' }, finalState: 'stopped' },
    ],
    ['SendCommand', { outcome: 'failed', reason: { code: 'update-undeliverable' }, finalState: 'stopped' }],
  ])('%s: is that one alone, whatever the code', async (call, expected) => {
    const answers = [{ call, code: 'SomethingNew', message: 'no one has seen this before' }];
    const { report, of, broken } = await tell(aFleet({ dev: { odd: { answers }, ...nine } }));

    expect(of('odd')).toMatchObject(expected);
    expect(of('odd').reason?.text).toContain('SomethingNew: no one has seen this before');
    expect(report.counts).toMatchObject({ intended: 10, updated: 9 });
    expect(report.status).toBe('failed');
    expect(broken).toEqual([]);
  });

  it('its output: its failure says so, and the others are updated', async () => {
    const answers = [{ call: 'GetCommandInvocation', code: 'SomethingNew', message: 'not this one' }];
    const { report, of, broken } = await tell(
      aFleet({ dev: { odd: { behaviours: ['update-fails'], answers }, ...nine } }),
    );

    expect(of('odd')).toMatchObject({ outcome: 'failed', reason: { code: 'update-failed' }, finalState: 'stopped' });
    expect(of('odd').reason?.text).toContain('SomethingNew: not this one');
    expect(report.counts).toMatchObject({ updated: 9, failed: 1 });
    expect(broken).toEqual([]);
  });

  it('how its command stands: its version proves the update, as late as a command may last, and the others do not wait', async () => {
    const answers = [{ call: 'ListCommandInvocations', code: 'SomethingNew', message: 'not this one' }];
    const { report, of, broken } = await tell(aFleet({ dev: { odd: { answers }, ...nine } }));

    expect(of('odd')).toMatchObject({
      outcome: 'updated',
      reason: { code: 'question-refused' },
      finalState: 'stopped',
    });
    expect(of('odd').reason?.text).toContain('SomethingNew: not this one');
    expect(report.counts).toMatchObject({ updated: 10 });
    expect(
      Math.max(...report.instances.filter((one) => one !== of('odd')).map((one) => one.awakeSeconds ?? 0)),
    ).toBeLessThan(15 * 60);
    expect(broken).toEqual([]);
  });

  it('its stop: it is not woken, since its way back is tried before, and the others are', async () => {
    const answers = [{ call: 'StopInstances', code: 'SomethingNew', message: 'not this one' }];
    const { report, of, broken } = await tell(aFleet({ dev: { odd: { answers }, ...nine } }));

    expect(of('odd')).toMatchObject({ outcome: 'failed', reason: { code: 'way-back-denied' }, finalState: 'stopped' });
    expect(report.counts).toMatchObject({ updated: 9, failed: 1 });
    expect(broken).toEqual([]);
  });

  it('how it stands: it is left where it is, and the others are updated', async () => {
    const answers = [{ call: 'DescribeInstances', code: 'SomethingNew', message: 'not this one' }];
    const { report, of, broken } = await tell(aFleet({ dev: { odd: { answers }, ...nine } }));

    expect(of('odd')).toMatchObject({ reason: { code: 'question-refused' }, wokenAt: null });
    expect(of('odd').reason?.text).toContain('SomethingNew: not this one');
    expect(report.counts).toMatchObject({ intended: 10, updated: 9 });
    expect(report.status).toBe('failed');
    expect(broken).toEqual([]);
  });

  it.each(['SendCommand', 'DescribeInstanceInformation', 'StopInstances'])(
    '%s, only twice: then it is updated, too',
    async (call) => {
      const answers = [{ call, code: 'SomethingNew', message: 'wait', times: 2 }];
      const { report, broken } = await tell(aFleet({ dev: { odd: { answers }, web: {}, shop: {} } }));

      expect(report.counts).toMatchObject({ updated: 3 });
      expect(broken).toEqual([]);
    },
  );
});

describe('in a region with thousands of open commands of others', () => {
  const habits = { openCommandsOfOthers: 3000 };

  it('the instances are updated, and put back as they were', async () => {
    const { report, broken } = await tell(aFleet({ dev: { web: {}, shop: {} } }), { habits });

    expect(report.counts).toMatchObject({ updated: 2 });
    expect(broken).toEqual([]);
  });
});

/** Nine in three zones. */
const names = Array.from({ length: 9 }, (_, index) => `web-${index}`);
const fleet = aFleet({ dev: Object.fromEntries(names.map((name) => [name, {}])) });
const ids = fleet.groups.flatMap(({ instances }) => instances.map(({ id }) => id));
const [ONE = ''] = ids;

const START = SIMULATION_START.getTime();
const minute = (count: number) => START + count * 60_000;

/** From one moment to another, in minutes, EC2 shows nothing of it. */
function hide(
  account: Account,
  what: 'disturbedZones' | 'forgotten',
  name: string,
  [from, to]: [number, number],
): void {
  account.world.at(minute(from), () => void account.world[what].add(name));
  account.world.at(minute(to), () => void account.world[what].delete(name));
}

const minutesOf = (moment: string | null | undefined) => (Date.parse(moment ?? '') - START) / 60_000;

it('puts back at once what is elsewhere while a zone is disturbed, and the others when that is over', async () => {
  const zones = new Map<string, string>();
  const { report, broken } = await tell(fleet, {
    prepare(account) {
      for (const { id, zone } of account.world.machines.values()) zones.set(id, zone);
      hide(account, 'disturbedZones', zones.get(ONE) ?? '', [2, 25]);
    },
  });

  expect(new Set(zones.values()).size).toBe(3);
  expect(report.counts).toMatchObject({ intended: 9, updated: 9 });
  for (const { instanceId, restoredAt } of report.instances) {
    if (zones.get(instanceId) === zones.get(ONE)) expect(minutesOf(restoredAt)).toBeGreaterThan(25);
    else expect(minutesOf(restoredAt)).toBeLessThan(20);
  }
  expect(broken).toEqual([]);
});

describe('while a zone is disturbed as the run begins', () => {
  /** The zone of the first, and which of the nine are in it. */
  async function tellFrom(until: number) {
    const zones = new Map<string, string>();
    const { report, broken } = await tell(fleet, {
      prepare(account) {
        for (const { id, zone } of account.world.machines.values()) zones.set(id, zone);
        account.world.disturbedZones.add(zones.get(ONE) ?? '');
        account.world.at(minute(until), () => account.world.disturbedZones.clear());
      },
    });
    const isInIt = ({ instanceId }: { instanceId: string }) => zones.get(instanceId) === zones.get(ONE);
    return { report, broken, isInIt };
  }

  it('what is in it is waited for', async () => {
    const { report, broken } = await tellFrom(2);
    expect(report.counts).toMatchObject({ intended: 9, updated: 9 });
    expect(report.status).toBe('succeeded');
    expect(broken).toEqual([]);
  });

  it('what is elsewhere is updated, and what is in it is left asleep when the waiting is over', async () => {
    const { report, isInIt, broken } = await tellFrom(90);
    expect(report.status).toBe('failed');
    for (const line of report.instances) {
      const reason = {
        code: 'question-refused',
        text: expect.stringMatching(/Unavailable.*still so after 5 minutes/),
      };
      if (isInIt(line)) expect(line).toMatchObject({ outcome: 'excluded', reason, wokenAt: null });
      else expect(line).toMatchObject({ outcome: 'updated', finalState: 'stopped' });
    }
    expect(broken).toEqual([]);
  });
});

it('is patient with an ID that is unknown for three minutes right after the start', async () => {
  const { report, broken } = await tell(fleet, { prepare: (account) => hide(account, 'forgotten', ONE, [1, 4]) });

  expect(report.counts).toMatchObject({ updated: 9 });
  expect(report.status).toBe('succeeded');
  expect(broken).toEqual([]);
});

it('says at the deadline that one which EC2 does not know any more has disappeared, and no neighbour waits for it', async () => {
  const { report } = await tell(fleet, { prepare: (account) => hide(account, 'forgotten', ONE, [1, 600]) });

  const [gone, ...others] = report.instances;
  expect(gone).toMatchObject({ instanceId: ONE, outcome: 'failed', reason: { code: 'disappeared' } });
  expect(report.status).toBe('failed');
  for (const { outcome, restoredAt } of others) {
    expect(outcome).toBe('updated');
    expect(minutesOf(restoredAt)).toBeLessThan(20);
  }
  expect(minutesOf(report.endedAt)).toBeLessThan(75);
});

describe('an update that fails at first', () => {
  it('is tried again only where the agent is as it was, and twice at most', async () => {
    const { of, broken } = await tell(
      aFleet({
        dev: {
          proxy: { behaviours: ['proxy-not-up'] },
          offline: { behaviours: ['update-fails'] },
          locked: { behaviours: ['package-database-locked'] },
          broken: { behaviours: ['update-rolls-back'] },
          full: { behaviours: ['disk-full'] },
        },
      }),
    );
    const commands = (name: string) => of(name).commands?.map(({ status }) => status);

    expect(of('proxy')).toMatchObject({ outcome: 'updated', reason: null, finalState: 'stopped' });
    expect(commands('proxy')).toEqual(['Failed', 'Success']);
    expect(of('offline')).toMatchObject({ outcome: 'failed', reason: { code: 'update-failed' } });
    expect(of('offline').reason?.text).toMatch(/^it was tried twice: the update failed/);
    expect(commands('offline')).toEqual(['Failed', 'Failed']);
    expect(of('locked')).toMatchObject({ outcome: 'updated', reason: null, finalState: 'stopped' });
    expect(commands('locked')).toEqual(['Failed', 'Success']);
    expect(of('broken').reason).toMatchObject({ code: 'update-rolled-back' });
    expect(commands('broken')).toEqual(['Failed']);
    expect(commands('full')).toEqual(['Failed']);
    expect(broken).toEqual([]);
  });
});

describe('what AWS fails, again and again, as soon as a call names one of ten', () => {
  /** The first is of its way back, which is tried before it is started. */
  const tellOf = (answer: OddAnswer) => tell(aFleet({ dev: { odd: { answers: [{ ...answer, after: 1 }] }, ...nine } }));

  it('its stop: it is told as not restored, in the words of EC2, and the others are back', async () => {
    const { report, of } = await tellOf({
      call: 'StopInstances',
      code: 'InternalError',
      message: 'An internal error has occurred',
      status: 500,
    });

    expect(of('odd')).toMatchObject({ outcome: 'failed', finalState: 'running', reason: { code: 'not-restored' } });
    expect(of('odd').reason?.text).toContain('StopInstances: InternalError: An internal error has occurred');
    expect(report.counts).toMatchObject({ updated: 9, failed: 1 });
    const others = report.instances.filter((line) => line !== of('odd'));
    expect(others.map(({ finalState }) => finalState)).toEqual(others.map(() => 'stopped'));
  });

  it('who is at work on it: it is held, and the others are back', async () => {
    const { report, of } = await tellOf({
      call: 'DescribeInstanceAssociationsStatus',
      code: 'InternalServerError',
      message: 'internal',
      status: 500,
    });

    expect(of('odd')).toMatchObject({ finalState: 'running', restoredAt: null });
    expect(of('odd').reason?.text).toContain('DescribeInstanceAssociationsStatus: InternalServerError');
    const others = report.instances.filter((line) => line !== of('odd'));
    expect(others.map(({ finalState }) => finalState)).toEqual(others.map(() => 'stopped'));
  });

  it('to take its lease off: its lease is kept, and the others are let go', async () => {
    const { report, of } = await tell(
      aFleet({
        dev: { odd: { answers: [{ call: 'DeleteTags', code: 'InternalError', message: 'no', status: 500 }] }, ...nine },
      }),
    );

    expect(of('odd')).toMatchObject({ outcome: 'failed', finalState: 'stopped', reason: { code: 'lease-kept' } });
    expect(report.counts).toMatchObject({ updated: 9, failed: 1 });
  });

  it.each<[string, BehaviourName[], { updated: number }]>([
    ['DescribeInstanceAttribute', [], { updated: 10 }],
    ['GetCommandInvocation', ['disk-full'], { updated: 9 }],
  ])('%s, for some tries: it is asked again, and none of them pays', async (call, behaviours, counts) => {
    const answers = [{ call, code: 'Unavailable', message: 'wait', status: 503, times: 12 }];
    const { report, broken } = await tell(aFleet({ dev: { odd: { behaviours, answers }, ...nine } }));
    expect(report.counts).toMatchObject(counts);
    expect(broken).toEqual([]);
  });
});
