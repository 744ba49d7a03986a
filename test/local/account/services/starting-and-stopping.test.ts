import { DescribeInstanceStatusCommand, StartInstancesCommand, StopInstancesCommand } from '@aws-sdk/client-ec2';
import type { BehaviourName } from '../../../../local/account/fleet/behaviours.ts';
import {
  aFleet,
  aFleetInstance,
  changesOf,
  describedBy,
  nthId,
  refusal,
  running,
  stopped,
  type Visit,
  visit,
} from '../../../support/account.ts';
import { INSTANCE_ID } from '../../../support/builders.ts';

const start = ({ ec2 }: Visit, ...ids: string[]) =>
  ec2.send(new StartInstancesCommand({ InstanceIds: ids.length === 0 ? [INSTANCE_ID] : ids }));
const stop = ({ ec2 }: Visit, more: { Hibernate?: boolean; ids?: string[] } = {}) =>
  ec2.send(
    new StopInstancesCommand({
      InstanceIds: more.ids ?? [INSTANCE_ID],
      ...(more.Hibernate === undefined ? {} : { Hibernate: more.Hibernate }),
    }),
  );
const healthy = (state: 'stopped' | 'running') => aFleetInstance({ id: nthId(1), state });

describe('starting', () => {
  it('replies with the state of before and of now, and describes follow', async () => {
    await visit(aFleet(stopped()), async (here) => {
      const { StartingInstances } = await start(here);
      expect(StartingInstances).toEqual([
        {
          InstanceId: INSTANCE_ID,
          PreviousState: { Code: 80, Name: 'stopped' },
          CurrentState: { Code: 0, Name: 'pending' },
        },
      ]);
      const startedAt = Date.now();
      await here.pass(4);
      const { State, LaunchTime, StateReason } = await describedBy(here);
      expect(State).toEqual({ Code: 0, Name: 'pending' });
      expect(StateReason).toBeUndefined();
      // LaunchTime has whole seconds.
      expect(LaunchTime?.getMilliseconds()).toBe(0);
      expect(Math.abs((LaunchTime?.getTime() ?? 0) - startedAt)).toBeLessThan(1100);
    });
  });

  it.each<[string, BehaviourName, string]>([
    ['terminated', 'terminated', 'IncorrectInstanceState'],
    ['a Spot Instance that EC2 interrupted', 'spot', 'IncorrectSpotRequestState'],
    ['without capacity', 'no-capacity', 'InsufficientInstanceCapacity'],
    ['still stopping', 'settling', 'IncorrectInstanceState'],
    ['unknown', 'ghost', 'InvalidInstanceID.NotFound'],
  ])('is all or nothing: one that is %s keeps its neighbours asleep', async (_, behaviour, name) => {
    await visit(aFleet(stopped(behaviour), healthy('stopped')), async (here) => {
      expect((await refusal(start(here, nthId(1), INSTANCE_ID))).name).toBe(name);
      await here.pass(60);
      expect(here.machine(nthId(1)).state).toBe('stopped');
    });
  });

  it('a lack of capacity is a server error', async () => {
    const seen = visit(aFleet(stopped('no-capacity')), (here) => refusal(start(here)));
    expect(await seen).toEqual({
      name: 'InsufficientInstanceCapacity',
      status: 500,
      message: 'Insufficient capacity.',
    });
  });

  it('one that runs is a success that changes nothing', async () => {
    await visit(aFleet(running()), async (here) => {
      const before = await describedBy(here);
      const { StartingInstances } = await start(here);
      expect(StartingInstances).toMatchObject([
        { PreviousState: { Name: 'running' }, CurrentState: { Name: 'running' } },
      ]);
      await here.pass(10);
      expect(await describedBy(here)).toEqual(before);
      expect(changesOf(here.account)).toEqual([]);
    });
  });

  it('one that is pending is a success that changes nothing', async () => {
    await visit(aFleet(stopped()), async (here) => {
      await start(here);
      const { launchTime } = here.machine();
      await here.pass(2);
      expect((await start(here)).StartingInstances).toMatchObject([{ PreviousState: { Name: 'pending' } }]);
      expect(here.machine().launchTime).toBe(launchTime);
    });
  });
});

describe('stopping', () => {
  it('goes by way of stopping, and says who did it', async () => {
    await visit(aFleet(running()), async (here) => {
      expect((await stop(here)).StoppingInstances).toMatchObject([
        { PreviousState: { Name: 'running' }, CurrentState: { Code: 64, Name: 'stopping' } },
      ]);
      await here.until(() => here.machine().state === 'stopped');
      await here.pass(4);
      const { State, StateReason } = await describedBy(here);
      expect(State).toEqual({ Code: 80, Name: 'stopped' });
      expect(StateReason?.Code).toBe('Client.UserInitiatedShutdown');
    });
  });

  it.each<[string, BehaviourName, string, string]>([
    ['protected', 'stop-protected', 'OperationNotPermitted', 'disableApiStop'],
    ['a one-time Spot Instance', 'spot', 'UnsupportedOperation', 'is a spot instance and may not be stopped'],
    ['on an instance store', 'instance-store', 'UnsupportedOperation', 'root device type'],
    ['still pending', 'settling', 'IncorrectInstanceState', "has never reached the 'running' state"],
    ['terminated', 'terminated', 'IncorrectInstanceState', 'is not in a state from which it can be stopped'],
  ])('is all or nothing: one that is %s keeps its neighbours awake', async (_, behaviour, name, text) => {
    await visit(aFleet(running(behaviour), healthy('running')), async (here) => {
      const { message, ...seen } = await refusal(stop(here, { ids: [nthId(1), INSTANCE_ID] }));
      expect(seen).toEqual({ name, status: 400 });
      expect(message).toContain(text);
      await here.pass(60);
      expect(here.machine(nthId(1)).state).toBe('running');
    });
  });

  it('one that is stopped, or stopping, is a success that changes nothing', async () => {
    await visit(aFleet(stopped(), healthy('running')), async (here) => {
      expect((await stop(here)).StoppingInstances).toMatchObject([{ CurrentState: { Name: 'stopped' } }]);
      expect(changesOf(here.account)).toEqual([]);
      await stop(here, { ids: [nthId(1)] });
      await stop(here, { ids: [nthId(1)] });
      expect(changesOf(here.account, nthId(1))).toEqual(['state: stopping (Client.UserInitiatedShutdown)']);
    });
  });

  it('a start while it is stopping is refused, and does not keep it from stopping', async () => {
    await visit(aFleet(running()), async (here) => {
      await stop(here);
      expect((await refusal(start(here))).name).toBe('IncorrectInstanceState');
      await here.until(() => here.machine().state === 'stopped');
    });
  });

  it('hibernates what was configured for it; on others that is an error, not a plain stop', async () => {
    await visit(aFleet(stopped('hibernated'), healthy('running')), async (here) => {
      expect((await describedBy(here)).HibernationOptions).toEqual({ Configured: true });
      await start(here);
      await here.until(() => here.machine().state === 'running');
      await stop(here, { Hibernate: true });
      await here.until(() => here.machine().state === 'stopped');
      await here.pass(4);
      expect((await describedBy(here)).StateReason?.Code).toBe('Client.UserInitiatedHibernate');

      const { name, message } = await refusal(stop(here, { ids: [nthId(1)], Hibernate: true }));
      expect(name).toBe('UnsupportedHibernationConfiguration');
      expect(message).toContain(nthId(1));
      expect(here.machine(nthId(1)).state).toBe('running');
    });
  });

  it('a plain stop of a hibernated instance leaves it just stopped', async () => {
    await visit(aFleet(stopped('hibernated')), async (here) => {
      await start(here);
      await here.until(() => here.machine().state === 'running');
      await stop(here);
      await here.until(() => here.machine().state === 'stopped');
      expect(here.machine().stateReason?.code).toBe('Client.UserInitiatedShutdown');
    });
  });
});

describe('describes lag behind a change', () => {
  const seeds = Array.from({ length: 6 }, (_, seed) => seed);
  /** What describes show from a stop on. */
  const shown = (seed: number) =>
    visit(
      aFleet(running()),
      async (here) => {
        await stop(here);
        const states: string[] = [];
        await here.until(async () => {
          states.push((await describedBy(here)).State?.Name ?? '');
          return states.at(-1) === 'stopped';
        }, 0.4);
        return states;
      },
      seed,
    );

  it('some by seconds: just after the stop it still runs', async () => {
    const first: (string | undefined)[] = [];
    for (const seed of seeds) first.push((await shown(seed))[0]);
    expect(first).toContain('running');
  });

  it.each(seeds)('and never go back (seed %i)', async (seed) => {
    const states = await shown(seed);
    const order = ['running', 'stopping', 'stopped'];
    const places = states.map((state) => order.indexOf(state));
    expect(places).not.toContain(-1);
    expect(places).toEqual([...places].sort((a, b) => a - b));
  });

  it('by no more than three seconds', async () => {
    for (const seed of seeds) {
      await visit(
        aFleet(running()),
        async (here) => {
          await stop(here);
          await here.pass(3.1);
          expect((await describedBy(here)).State?.Name).toBe('stopping');
        },
        seed,
      );
    }
  });

  it('the status lags with them, and lists only who runs unless it is asked for all', async () => {
    await visit(aFleet(stopped(), healthy('running')), async ({ ec2 }) => {
      const listed = async (IncludeAllInstances?: boolean) =>
        (
          await ec2.send(
            new DescribeInstanceStatusCommand(IncludeAllInstances === undefined ? {} : { IncludeAllInstances }),
          )
        ).InstanceStatuses?.map(({ InstanceId, InstanceState }) => [InstanceId, InstanceState?.Name]);
      expect(await listed()).toEqual([[nthId(1), 'running']]);
      expect(await listed(true)).toEqual([
        [INSTANCE_ID, 'stopped'],
        [nthId(1), 'running'],
      ]);
    });
  });
});
