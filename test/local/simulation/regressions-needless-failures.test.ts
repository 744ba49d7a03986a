import type { BehaviourName } from '../../../local/account/fleet/behaviours.ts';
import type { Disturbance, Fault } from '../../../local/simulation/scenario/scenario.ts';
import { aScenario, told } from '../../support/scenarios.ts';

/** Healthy instances that failed, or were awake for long, although nothing was wrong with them; each once happened. */

const window = (service: string, atSeconds: number, seconds: number): Extract<Disturbance, { kind: 'window' }> => ({
  kind: 'window',
  trouble: 'server-errors',
  atSeconds,
  seconds,
  function: null,
  service,
  operation: null,
});

describe('five minutes in which a service answers with server errors', () => {
  it.each<[string, string, number]>([
    ['EC2, from the listing on', 'ec2', 0],
    ['EC2, when the instance is to be started', 'ec2', 3],
    ['SSM, when the agent should be ready', 'ssm', 20],
    ['SSM, when the update is at work', 'ssm', 130],
    ['S3, when the lock is read before the command', 's3', 60],
    ['EC2, when the instance is to be stopped', 'ec2', 300],
  ])('fail no healthy instance: %s', async (_when, service, atSeconds) => {
    const { complaints, line } = await told(
      aScenario({}, { seed: 1, disturbances: [window(service, atSeconds, 300)] }),
    );

    expect(complaints).toEqual([]);
    expect(line).toMatchObject({ outcome: 'updated', reason: null, finalState: 'stopped' });
  });
});

it('an instance that AWS’s own update makes newer than the target is already current', async () => {
  const scenario = aScenario({ agentVersion: '3.2.1630.0', behaviours: ['update-in-progress'] }, { seed: 267 });
  const { complaints, line } = await told({
    ...scenario,
    executions: [{ atSeconds: 0, name: 'run-1', input: { targetVersion: '3.3.131.0' } }],
  });

  expect(complaints).toEqual([]);
  expect(line).toMatchObject({
    outcome: 'already-current',
    reason: { code: 'newer-than-target', text: expect.stringMatching(/3\.3\.551\.0.*3\.3\.131\.0/) },
    finalState: 'stopped',
  });
  expect(line?.awakeSeconds).toBeLessThan(30 * 60);
});

it.each([3, 6, 7, 9, 12])(
  'a command that was cancelled before the agent took it keeps nothing awake (seed %i)',
  async (seed) => {
    const { complaints, line } = await told(
      aScenario({ behaviours: ['command-lost', 'update-in-progress'] }, { seed }),
    );

    expect(complaints).toEqual([]);
    expect(line).toMatchObject({ outcome: 'updated', finalState: 'stopped' });
    expect(line?.awakeSeconds).toBeLessThan(25 * 60);
  },
);

describe('a command whose reply was lost, so that the SDK sent another', () => {
  const lost: Fault = {
    on: 'call',
    kind: 'lost-reply',
    function: null,
    operation: 'SendCommand',
    nth: 1,
    times: 1,
    seconds: 0,
  };

  it.each<[string, BehaviourName[]]>([
    ['if the first never comes to the agent, and the second has updated it', ['command-lost']],
    ['if both have met an update of AWS itself', ['update-in-progress']],
    ['if the second finds the agent busy with the first', []],
  ])('keeps no instance awake for 45 minutes: %s', async (_if, behaviours) => {
    for (const seed of [1, 2, 3]) {
      const { complaints, line } = await told(aScenario({ behaviours }, { seed, faults: [lost] }));

      expect(complaints).toEqual([]);
      expect(line).toMatchObject({ outcome: 'updated', finalState: 'stopped' });
      expect(line?.awakeSeconds).toBeLessThan(25 * 60);
    }
  });
});

it('a session of a quarter of an hour hands nothing over, however short the time to restore is', async () => {
  const { complaints, line } = await told({
    ...aScenario(
      { id: 'i-00000000000000001' },
      {
        seed: 1,
        disturbances: [
          {
            kind: 'person',
            deed: 'open-session',
            atSeconds: 200,
            instanceId: 'i-00000000000000001',
            seconds: 900,
          },
        ],
      },
    ),
    parameters: { RestoreDeadlineSeconds: '300' },
  });

  expect(complaints).toEqual([]);
  expect(line).toMatchObject({ outcome: 'updated', reason: null, finalState: 'stopped' });
  expect(line?.awakeSeconds).toBeGreaterThan(900);
});

it('an agent that pings every hour is not called lost, though its first ping after the update came too early', async () => {
  const { complaints, line } = await told(
    aScenario({ behaviours: ['ping-hourly', 'version-reported-late'] }, { seed: 1 }),
  );

  expect(complaints).toEqual([]);
  expect(line).toMatchObject({ outcome: 'updated', reason: null, finalState: 'stopped' });
});

/** So many calls of a function take seven seconds each. */
const slowCalls = (name: string, times: number): Fault => ({
  on: 'call',
  kind: 'slow',
  function: name,
  operation: null,
  nth: 1,
  times,
  seconds: 7,
});

describe('a healthy instance for which AWS leaves no time', () => {
  const healthy = { outcome: 'updated', reason: null, finalState: 'stopped' };

  it.each([1, 2, 3])(
    'is sent its command in the end, though SSM refuses six others of its batch (seed %i)',
    async (seed) => {
      const refused = Array.from({ length: 6 }, () => ({ behaviours: ['send-refused' as const] }));
      const scenario = aScenario([...refused, {}], { seed, faults: [slowCalls('UpdateAgentFunction', 60)] });
      const { complaints, lines } = await told({ ...scenario, parameters: { UpdateDeadlineSeconds: '120' } });

      expect(complaints).toEqual([]);
      expect(lines.at(-1)).toMatchObject(healthy);
      expect(lines.at(-1)?.awakeSeconds).toBeLessThan(20 * 60);
      for (const { reason } of lines.slice(0, 6)) {
        expect(reason).toMatchObject({
          code: 'update-undeliverable',
          text: expect.stringContaining('InvalidInstanceId'),
        });
      }
    },
  );

  it.each([0, 60])('is started once AWS answers, though its deadline for capacity is %i s', async (seconds) => {
    const scenario = aScenario({}, { seed: 1, faults: [slowCalls('StartInstancesFunction', 30)] });
    const { complaints, line } = await told({ ...scenario, parameters: { StartDeadlineSeconds: String(seconds) } });

    expect(complaints).toEqual([]);
    expect(line).toMatchObject(healthy);
  });

  it('is started once EC2 throttles no more, though its deadline for capacity is a minute', async () => {
    const scenario = aScenario(
      {},
      { seed: 1, disturbances: [{ ...window('ec2', 0, 300), trouble: 'throttling', operation: 'StartInstances' }] },
    );
    const { complaints, line } = await told({ ...scenario, parameters: { StartDeadlineSeconds: '60' } });

    expect(complaints).toEqual([]);
    expect(line).toMatchObject(healthy);
  });
});

it('a restart explains what becomes of its instance, though the run has ended before it is awake again', async () => {
  const scenario = aScenario(
    { id: 'i-00000000000000001', state: 'running' },
    {
      seed: 1278,
      faults: [{ on: 'invocation', kind: 'refused', function: 'CheckReadinessFunction', nth: 1, times: 1, seconds: 1 }],
      disturbances: [{ kind: 'person', deed: 'restart', atSeconds: 2, instanceId: 'i-00000000000000001', seconds: 60 }],
    },
  );
  const { complaints, line } = await told(scenario);

  expect(line).toMatchObject({ outcome: 'failed', reason: { code: 'stopped-in-run' } });
  expect(complaints).toEqual([]);
});
