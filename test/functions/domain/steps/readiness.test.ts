import fc from 'fast-check';
import type { InstanceAt } from '../../../../functions/domain/batch/batch-instance.ts';
import { refusalOf } from '../../../../functions/domain/model/aws-errors.ts';
import type { AgentFacts, InstanceFacts } from '../../../../functions/domain/model/instance.ts';
import { checkReadiness } from '../../../../functions/domain/steps/readiness.ts';
import { pingAfter } from '../../../../functions/domain/work/fresh-ping.ts';
import { anyAgentFacts, anyInstanceFacts, instancesAt, moments } from '../../../support/arbitraries.ts';
import {
  agentFacts,
  anAttempt,
  anInstance,
  at,
  aWokenInstance,
  instanceFacts,
  OLD,
  stamp,
  theirs,
  wokenFacts,
} from '../../../support/builders.ts';
import { said } from '../../../support/looks.ts';

const DEADLINE_SECONDS = 15 * 60;
const DEADLINES = { deadlineSeconds: DEADLINE_SECONDS, startDeadlineSeconds: 1800 };
const NOW = at('02:02');

interface Seen {
  instance?: InstanceFacts;
  agent?: AgentFacts | null;
  of?: InstanceAt<'readiness'>;
  optOut?: string | null;
  now?: Date;
}
const judge = (seen: Seen = {}) => {
  const { instance = wokenFacts(), agent = agentFacts(), of = aWokenInstance(), optOut = null } = seen;
  const facts = { instance: of, ec2: instance, agent, checks: null, optOut };
  return said(checkReadiness({ ...facts, ...DEADLINES, now: seen.now ?? NOW }));
};

describe('an instance that boots when nothing is sent any more', () => {
  const booting = aWokenInstance({ stepSince: stamp('02:00:30'), sendUntil: stamp('02:12') });
  const look = (time: string, instance = booting) =>
    checkReadiness({
      ...{ instance, ec2: wokenFacts(), agent: null, checks: null, optOut: null },
      ...{ ...DEADLINES, deadlineSeconds: 1200 },
      now: at(time),
    });

  it('has what is left for its boot', () => {
    expect(look('02:11:59')).toMatchObject({ waiting: { until: stamp('02:12') } });
    expect(look('02:12')).toMatchObject({
      instance: {
        step: 'restore',
        outcome: 'failed',
        reason: { code: 'out-of-time', text: expect.stringContaining('did not register') },
      },
    });
  });

  it('had no turn if it ran before', () => {
    const running = anInstance({ ...booting, owner: { kind: 'none' }, originalState: 'running' });
    expect(look('02:12', running)).toMatchObject({
      instance: { outcome: 'excluded', reason: { code: 'out-of-time' } },
    });
  });
});

describe('an instance that boots', () => {
  it('is ready when it runs and its agent has pinged since', () => {
    expect(judge()).toEqual({ action: 'go-on', step: 'update', version: OLD, launchTime: stamp('02:00:30') });
  });

  it('is sent nothing once its owner has put the opt-out tag on it', () => {
    const optOut = 'carries the tag reveille:opt-out: mine';
    for (const instance of [wokenFacts(), wokenFacts({ state: 'pending' })]) {
      expect(judge({ instance, optOut })).toMatchObject({
        action: 'finish',
        reason: { code: 'opted-out-in-run', text: optOut },
      });
    }
  });

  it('is ready though its agent does not say its version', () => {
    expect(judge({ agent: agentFacts({ version: null }) })).toMatchObject({ action: 'go-on', version: null });
  });

  it.each<[string, Seen]>([
    ['it is still pending', { instance: wokenFacts({ state: 'pending' }) }],
    ['SSM does not list its agent', { agent: null }],
    ['its agent has lost the connection', { agent: agentFacts({ pingStatus: 'ConnectionLost' }) }],
    ['its agent is Online, but has not pinged', { agent: agentFacts({ lastPingAt: null }) }],
    ['its last ping is of the boot before', { agent: agentFacts({ lastPingAt: stamp('01:50') }) }],
    ['its last ping is as old as its boot', { agent: agentFacts({ lastPingAt: stamp('02:00:30') }) }],
    ['EC2 does not say when it was started', { instance: wokenFacts({ launchTime: null }) }],
  ])('is waited for while %s', (_why, seen) => {
    expect(judge(seen)).toMatchObject({ action: 'wait', reason: { code: 'booting' }, until: stamp('02:15') });
  });

  it('is ready even past the deadline', () => {
    const agent = agentFacts({ lastPingAt: stamp('02:29') });
    expect(judge({ agent, now: at('02:30') })).toMatchObject({ action: 'go-on' });
  });
});

describe('an instance that is not ready at the deadline', () => {
  const late = at('02:15');
  const withoutProfile = wokenFacts({ instanceProfileArn: null });

  it('was waited for until then', () => {
    expect(judge({ agent: null, now: at('02:14:59') })).toMatchObject({ action: 'wait' });
  });

  it.each<[string, Seen, string]>([
    ['did not get beyond pending', { instance: wokenFacts({ state: 'pending' }), agent: null }, 'not-running'],
    ['has no instance profile', { instance: withoutProfile, agent: null }, 'no-instance-profile'],
    ['has an agent that never registered', { agent: null }, 'never-registered'],
    [
      'has an agent of which SSM would not say whether it pings',
      {
        agent: agentFacts({
          lastPingAt: null,
          refusal: refusalOf('DescribeInstanceInformation', { code: 'SomethingNew', message: 'no' }),
        }),
      },
      'question-refused',
    ],
    [
      'has an agent that lost the connection',
      { agent: agentFacts({ pingStatus: 'ConnectionLost' }) },
      'agent-not-pinging',
    ],
    [
      'has an agent that pinged before this boot only',
      { agent: agentFacts({ lastPingAt: stamp('01:50') }) },
      'agent-not-pinging',
    ],
    ['has an agent that never pinged', { agent: agentFacts({ lastPingAt: null }) }, 'agent-not-pinging'],
    [
      'has a registered agent in spite of having no profile',
      { instance: withoutProfile, agent: agentFacts({ pingStatus: 'Inactive' }) },
      'agent-not-pinging',
    ],
  ])('fails, for it %s', (_why, seen, code) => {
    expect(judge({ ...seen, now: late })).toMatchObject({
      action: 'fail',
      reason: { code, text: expect.stringContaining('15 minutes') },
    });
  });

  it('says when the agent was heard of last', () => {
    const agent = agentFacts({ pingStatus: 'ConnectionLost', lastPingAt: stamp('01:50') });
    const decision = judge({ agent, now: late });
    expect(decision).toMatchObject({ reason: { text: expect.stringContaining(stamp('01:50')) } });
    expect(decision).toMatchObject({ reason: { text: expect.stringContaining('ConnectionLost') } });
  });
});

describe('an instance that fell back to sleep', () => {
  const launchError = { code: 'Client.InternalError', message: 'Client.InternalError: Client error on launch' };

  it.each(['stopped', 'stopping'] as const)('fails with the reason that EC2 gives: it is %s', (state) => {
    const instance = wokenFacts({ state, stateReason: launchError });
    expect(judge({ instance, agent: null })).toMatchObject({
      action: 'fail',
      reason: { code: 'launch-error', text: expect.stringContaining('Client error on launch') },
    });
  });

  it('fails with the code where EC2 gives no message, and says so where it gives nothing', () => {
    const bare = wokenFacts({ state: 'stopped', stateReason: { code: 'Client.VolumeLimitExceeded', message: '' } });
    expect(judge({ instance: bare })).toMatchObject({
      reason: {
        text: expect.stringMatching(
          /StartInstances was accepted, and it fell back to stopped \(Client\.VolumeLimitExceeded\)/,
        ),
      },
    });
    const silent = wokenFacts({ state: 'stopped', stateReason: null });
    expect(judge({ instance: silent })).toMatchObject({
      reason: { code: 'launch-error', text: expect.stringContaining('no reason given') },
    });
  });

  it('was stopped by someone else when EC2 says so', () => {
    const instance = instanceFacts({ launchTime: stamp('02:00:30') });
    expect(judge({ instance })).toMatchObject({ action: 'fail', reason: { code: 'stopped-in-run' } });
  });

  it('is given a minute in which describes may still show it as it was before our start', () => {
    const before = instanceFacts();
    expect(judge({ instance: before, agent: null, now: at('02:01:29') })).toMatchObject({
      action: 'wait',
      reason: { code: 'start-not-shown' },
      until: stamp('02:01:30'),
    });
    expect(judge({ instance: before, agent: null, now: at('02:01:30') })).toMatchObject({ action: 'fail' });
  });

  it('gets no such minute once our start is shown', () => {
    const instance = wokenFacts({ state: 'stopped', stateReason: launchError });
    expect(judge({ instance, now: at('02:00:40') })).toMatchObject({
      action: 'fail',
      reason: { code: 'launch-error' },
    });
  });

  it('is given that minute, too, where EC2 said that someone else had started it', () => {
    const owner = theirs([anAttempt()], 'it was pending already');
    const of = anInstance({ step: 'readiness', stepSince: stamp('02:00:30'), owner });
    const seen = { of, instance: instanceFacts(), agent: null };
    expect(judge({ ...seen, now: at('02:01:29') })).toMatchObject({
      action: 'wait',
      reason: { code: 'start-not-shown' },
      until: stamp('02:01:30'),
    });
    expect(judge({ ...seen, now: at('02:01:30') })).toMatchObject({
      action: 'fail',
      reason: { code: 'stopped-in-run' },
    });
  });

  it('was stopped by someone else when it had been running all along', () => {
    const of = anInstance({ originalState: 'running', step: 'readiness' });
    expect(judge({ of, instance: instanceFacts(), now: at('02:00:01') })).toMatchObject({
      action: 'fail',
      reason: { code: 'stopped-in-run' },
    });
  });
});

describe('an instance that is gone', () => {
  it.each(['terminated', 'shutting-down'] as const)('fails when it is %s', (state) => {
    expect(judge({ instance: wokenFacts({ state }) })).toMatchObject({
      action: 'fail',
      reason: { code: 'terminated-in-run', text: expect.stringContaining(state) },
    });
  });
});

describe('a ping', () => {
  const launched = stamp('02:00:30');

  it('is fresh for 65 minutes: agents ping every 5 to 60', () => {
    const agent = agentFacts({ lastPingAt: stamp('02:01:30') });
    expect(pingAfter(agent, { launchTime: launched }, at('03:06:30'))).toEqual(agent);
    expect(pingAfter(agent, { launchTime: launched }, at('03:06:31'))).toBeNull();
  });

  it('proves nothing without a boot to compare it with', () => {
    expect(judge({ instance: wokenFacts({ launchTime: null }), of: anInstance({ step: 'readiness' }) })).toMatchObject({
      action: 'wait',
      reason: { code: 'booting' },
    });
  });

  it.each(['ConnectionLost', 'Inactive', 'Unknown', 'online', ''])(
    'proves nothing with the status %j',
    (pingStatus) => {
      expect(pingAfter(agentFacts({ pingStatus }), { launchTime: launched }, NOW)).toBeNull();
    },
  );
});

describe('whatever EC2 and SSM say', () => {
  it('ready means running, Online, and a ping newer than the boot that goes into the payload', () => {
    fc.assert(
      fc.property(instancesAt.readiness, anyInstanceFacts, anyAgentFacts, moments, (of, instance, agent, now) => {
        const decision = judge({ of, instance, agent, now });
        if (decision.action !== 'go-on') return;
        expect(instance.state).toBe('running');
        expect(agent?.pingStatus).toBe('Online');
        expect(decision.launchTime).toBe(instance.launchTime);
        expect(decision.version).toBe(agent?.version);
        expect(Date.parse(agent?.lastPingAt ?? '')).toBeGreaterThan(Date.parse(decision.launchTime ?? ''));
        expect(now.getTime() - Date.parse(agent?.lastPingAt ?? '')).toBeLessThanOrEqual(65 * 60_000);
      }),
      { numRuns: 1000 },
    );
  });

  it('one that is not ready for as long as the deadline is waited for no longer', () => {
    fc.assert(
      fc.property(anyInstanceFacts, fc.integer({ min: DEADLINE_SECONDS, max: 1e6 }), (instance, seconds) => {
        const now = new Date(at('02:00:30').getTime() + seconds * 1000);
        expect(judge({ instance, agent: null, now }).action).toBe('fail');
      }),
    );
  });
});
