import fc from 'fast-check';
import { compareVersions } from '../../../../functions/domain/model/agent-version.ts';
import { refusalOf } from '../../../../functions/domain/model/aws-errors.ts';
import type { AgentFacts } from '../../../../functions/domain/model/instance.ts';
import { verifyVersion } from '../../../../functions/domain/steps/verify.ts';
import { updateSsmAgent } from '../../../../functions/domain/work/update-ssm-agent.ts';
import { anyAgentFacts, instancesAt, moments } from '../../../support/arbitraries.ts';
import { agentFacts, at, aWokenInstance, OLD, stamp, TARGET, wokenFacts } from '../../../support/builders.ts';
import { heldAt } from '../../../support/looks.ts';

const DEADLINE_SECONDS = 10 * 60;
const NOW = at('02:09');

/** Its command ended at 02:05; it came here with the next look. */
const updated = aWokenInstance({
  step: 'verify',
  stepSince: stamp('02:05:20'),
  versionBefore: OLD,
  commands: [{ commandId: 'command-1', sentAt: stamp('02:02'), endedAt: stamp('02:05') }],
});
const proof = agentFacts({ version: TARGET, lastPingAt: stamp('02:08') });
const verify = (agent: AgentFacts | null, now = NOW, instance = updated) =>
  verifyVersion({
    instance,
    ec2: wokenFacts(),
    agent,
    work: updateSsmAgent,
    target: TARGET,
    deadlineSeconds: DEADLINE_SECONDS,
    now,
  });
const VERIFIED = { instance: { step: 'restore', outcome: 'updated', reason: null }, waiting: null };
/** It stays as it is, until the deadline after the end of its command. */
const waits = (instance = updated, until = '02:15') => ({
  instance,
  waiting: { reason: { code: 'verifying' }, until: stamp(until) },
});

describe('an instance whose command has ended well', () => {
  it('is verified when its agent reports the target in a later ping', () => {
    expect(verify(proof)).toEqual({
      instance: {
        ...aWokenInstance({ step: 'restore', stepSince: NOW.toISOString(), commands: updated.commands }),
        outcome: 'updated',
        reason: null,
        versionBefore: OLD,
        versionAfter: TARGET,
        heardAt: proof.lastPingAt,
      },
      waiting: null,
    });
  });

  it('was current already if it had reported the target before', () => {
    const before = { ...updated, versionBefore: TARGET };
    expect(verify(proof, NOW, before).instance).toMatchObject({
      outcome: 'already-current',
      reason: null,
      versionAfter: TARGET,
    });
  });

  it('says both versions if it was newer than the target before', () => {
    const newer = { ...proof, version: '3.10.0.0' };
    expect(verify(newer, NOW, { ...updated, versionBefore: '3.10.0.0' }).instance).toMatchObject({
      outcome: 'already-current',
      reason: { code: 'newer-than-target', text: expect.stringMatching(`3\\.10\\.0\\.0.*${TARGET}`) },
    });
  });

  it('fails at once when its agent comes back older than it was: no ping of before can say so', () => {
    expect(verify({ ...proof, version: '3.0.1.0' }).instance).toMatchObject({
      outcome: 'failed',
      versionAfter: '3.0.1.0',
      reason: { code: 'version-not-confirmed', text: expect.stringContaining('3.0.1.0, older than') },
    });
    expect(verify({ ...proof, version: OLD })).toMatchObject(waits());
  });

  it('is verified with a newer version than the target', () => {
    expect(verify({ ...proof, version: '3.10.0.0' })).toMatchObject(VERIFIED);
    expect(heldAt('restore', verify({ ...proof, version: '3.10.0.0' }).instance).versionAfter).toBe('3.10.0.0');
  });

  it('was already current if its agent refused the target as older, and now reports what it has', () => {
    const refused = { ...updated, hasRefusedTarget: true };
    expect(verify({ ...proof, version: '3.10.0.0' }, NOW, refused).instance).toMatchObject({
      step: 'restore',
      outcome: 'already-current',
      versionAfter: '3.10.0.0',
      reason: { code: 'newer-than-target', text: expect.stringMatching(`3.10.0.0.*${TARGET}`) },
    });
    // The refusal alone proves nothing.
    expect(verify({ ...proof, version: OLD }, NOW, refused)).toMatchObject(waits(refused));
    expect(verify({ ...proof, version: OLD, lastPingAt: stamp('02:29') }, at('02:30'), refused).instance).toMatchObject(
      {
        outcome: 'failed',
        reason: { code: 'version-not-confirmed' },
      },
    );
  });

  it('is verified even past the deadline', () => {
    expect(verify({ ...proof, lastPingAt: stamp('02:29') }, at('02:30'))).toMatchObject(VERIFIED);
  });

  it.each<[string, AgentFacts | null]>([
    ['pinged before the command ended', { ...proof, lastPingAt: stamp('02:04:59') }],
    ['pinged at the very end of the command', { ...proof, lastPingAt: stamp('02:05') }],
    ['still reports the old version: the old updater pings as well', { ...proof, version: OLD }],
    ['reports an unreadable version', { ...proof, version: 'unknown' }],
    ['reports no version', { ...proof, version: null }],
    ['has lost the connection', { ...proof, pingStatus: 'ConnectionLost' }],
    ['has never pinged', { ...proof, lastPingAt: null }],
    ['is not listed', null],
  ])('is waited for while its agent %s', (_why, agent) => {
    expect(verify(agent)).toMatchObject(waits());
  });

  it('counts its time from the end of the command', () => {
    expect(verify(null, at('02:14:59'))).toMatchObject(waits());
    expect(verify(null, at('02:15'))).toMatchObject({
      instance: { step: 'restore', outcome: 'failed' },
      waiting: null,
    });
  });

  it('counts from the end of the last of two commands, in whatever order they ended', () => {
    const first = { commandId: 'command-1', sentAt: stamp('02:02'), endedAt: stamp('02:08:30') };
    const second = { commandId: 'command-2', sentAt: stamp('02:04'), endedAt: stamp('02:05') };
    const twice = { ...updated, commands: [first, second] };
    expect(verify(proof, NOW, twice)).toMatchObject(waits(twice, '02:18:30'));
    expect(verify({ ...proof, lastPingAt: stamp('02:08:31') }, NOW, twice)).toMatchObject(VERIFIED);
  });

  it('counts from its own coming here where no command is known to have ended', () => {
    const unsent = { ...updated, commands: [], stepSince: stamp('02:08:10') };
    expect(verify(proof, NOW, unsent)).toMatchObject(waits(unsent, '02:18:10'));
    expect(verify(proof, NOW, { ...unsent, stepSince: stamp('02:07') })).toMatchObject(VERIFIED);
  });
});

describe('an instance that is not verified at the deadline', () => {
  const late = at('02:15');

  it('fails with both versions named when its agent goes on reporting the old one', () => {
    const look = verify({ ...proof, version: OLD, lastPingAt: stamp('02:14') }, late);
    expect(look.instance).toMatchObject({
      outcome: 'failed',
      versionAfter: OLD,
      reason: { code: 'version-not-confirmed', text: expect.stringMatching(`10 minutes.*${OLD}.*${TARGET}`) },
    });
  });

  it('has lost its agent when that has not pinged since', () => {
    expect(verify({ ...proof, lastPingAt: stamp('02:04') }, late)).toMatchObject({
      instance: {
        outcome: 'failed',
        versionAfter: null,
        reason: { code: 'agent-lost', text: expect.stringContaining(stamp('02:04')) },
      },
    });
  });

  it('has lost its agent when SSM does not list it any more', () => {
    expect(verify(null, late)).toMatchObject({
      instance: {
        outcome: 'failed',
        versionAfter: null,
        reason: { code: 'agent-lost', text: expect.stringContaining('not listed') },
      },
    });
  });

  it('says what SSM said, when that would not say which version its agent has', () => {
    const unsaid = {
      ...proof,
      pingStatus: 'Unknown',
      lastPingAt: null,
      version: null,
      refusal: refusalOf('DescribeInstanceInformation', { code: 'SomethingNew', message: 'no' }),
    };
    expect(verify(unsaid, late)).toMatchObject({
      instance: {
        outcome: 'failed',
        reason: { code: 'question-refused', text: expect.stringContaining('SomethingNew: no') },
      },
    });
  });

  it('does not take the version in an old ping for reported', () => {
    const stale = { ...proof, version: '3.3.40.0', lastPingAt: stamp('02:04') };
    expect(heldAt('restore', verify(stale, late).instance).versionAfter).toBeNull();
  });
});

describe('what verifying says', () => {
  const say = (agent: AgentFacts | null, time = '02:15') => {
    const { instance, waiting } = verify(agent, at(time));
    return (waiting?.reason ?? heldAt('restore', instance).reason)?.text;
  };
  const since = 'no ping in 10 minutes since the update to 3.3.551.0 ended';

  it('names what the agent last said, and when', () => {
    expect(say(null, '02:09')).toBe('the agent has not reported the new version yet');
    expect(say(null)).toBe(`${since}: it is not listed by SSM any more`);
    expect(say({ ...proof, version: OLD, lastPingAt: stamp('02:04') })).toBe(
      `${since}: its last ping, with ${OLD}, is of 2026-12-06T02:04:00.000Z`,
    );
    expect(say({ ...proof, version: null, lastPingAt: null })).toBe(`${since}: SSM knows of no ping of it`);
    expect(say({ ...proof, version: null, lastPingAt: stamp('02:14') })).toBe(
      `the command succeeded, but 10 minutes later the agent reports no version instead of ${TARGET}`,
    );
  });
});

describe('whatever SSM says', () => {
  const verifiedOnlyWithProof = (instance: typeof updated, agent: AgentFacts | null, now: Date): boolean => {
    const { instance: next } = verify(agent, now, instance);
    if (next.step !== 'restore' || next.outcome === 'failed') return false;
    const pinged = Date.parse(agent?.lastPingAt ?? '');
    expect(agent?.pingStatus).toBe('Online');
    expect(next.versionAfter).toBe(agent?.version);
    expect(compareVersions(next.versionAfter ?? '', TARGET)).toBeGreaterThanOrEqual(0);
    expect(pinged).toBeGreaterThan(Date.parse(instance.launchTime));
    for (const { endedAt } of instance.commands)
      if (endedAt !== null) expect(pinged).toBeGreaterThan(Date.parse(endedAt));
    return true;
  };

  it('verified means the target or newer, in a ping newer than the boot and than the end of every command', () => {
    fc.assert(
      fc.property(instancesAt.verify, anyAgentFacts, moments, (instance, agent, now) => {
        verifiedOnlyWithProof(instance, agent, now);
      }),
      { numRuns: 1000 },
    );
  });

  it('a ping is a proof from the first moment after boot and command, and not before', () => {
    const seconds = fc.integer({ min: -600, max: 600 });
    fc.assert(
      fc.property(seconds, seconds, (boot, end) => {
        const pinged = Date.parse(stamp('02:08'));
        const shifted = (by: number) => new Date(pinged + by * 1000).toISOString();
        const command = { commandId: 'command-1', sentAt: shifted(-700), endedAt: shifted(end) };
        const instance = { ...updated, launchTime: shifted(boot), commands: [command] };
        expect(verifiedOnlyWithProof(instance, proof, NOW)).toBe(boot < 0 && end < 0);
      }),
    );
  });
});
