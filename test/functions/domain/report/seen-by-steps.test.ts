// What the steps note for the report alone: no rule looks at it.
import type { InstanceAt } from '../../../../functions/domain/batch/batch-instance.ts';
import { applyPreflight } from '../../../../functions/domain/steps/preflight.ts';
import { checkReadiness } from '../../../../functions/domain/steps/readiness.ts';
import { applyStart, type StartResult } from '../../../../functions/domain/steps/start-result.ts';
import { decideUpdate } from '../../../../functions/domain/steps/update.ts';
import { noteStatuses } from '../../../../functions/domain/work/sent-commands.ts';
import { updateSsmAgent } from '../../../../functions/domain/work/update-ssm-agent.ts';
import {
  agentFacts,
  aLeasedInstance,
  anAttempt,
  anInvocation,
  aProvedAttempt,
  at,
  aWokenInstance,
  INSTANCE_ID,
  leasedFacts,
  OLD,
  stamp,
  TARGET,
  theirs,
  wokenFacts,
} from '../../../support/builders.ts';

const asked = (result: StartResult, time: string, instance = aLeasedInstance({ stepSince: stamp('02:00') })) =>
  applyStart({
    instance,
    ec2: leasedFacts(),
    result,
    attempt: anAttempt(),
    lostAttempts: [],
    deadlineSeconds: 1200,
    now: at(time),
  }).instance as InstanceAt<'start'> & Pick<InstanceAt<'restore'>, 'said' | 'reason'>;
const accepted = (previousState: string, mayHaveTakenEffect = false): StartResult => ({
  kind: 'accepted',
  previousState,
  mayHaveTakenEffect,
  answeredAt: stamp('02:00:03'),
});
const refused = (code: string, message = 'sorry'): StartResult => ({
  kind: 'start-refused',
  error: { code, message },
  isItsOwn: true,
});

describe('a start', () => {
  it('was accepted when the answer of EC2 had come', () => {
    expect(asked(accepted('stopped'), '02:00:03').sightings).toEqual({ startAcceptedAt: stamp('02:00:03') });
  });

  it.each([
    ['EC2 had found it awake', accepted('running')],
    ['EC2 was asked twice, and found it awake', accepted('pending', true)],
    ['the answer left it out', accepted('unknown', true)],
  ])('was not seen accepted where %s', (_what, result) => {
    expect(asked(result, '02:00:03').sightings).toBeUndefined();
  });

  it('that was refused is counted, with the code of the last time', () => {
    const first = asked(refused('UnauthorizedOperation'), '02:00:03');
    const second = asked(refused('UnauthorizedOperation'), '02:00:40', first);
    const third = asked(refused('InsufficientInstanceCapacity'), '02:02', second);
    expect(asked(accepted('stopped'), '02:05', third).refusedStarts).toEqual({
      count: 3,
      firstAt: stamp('02:00:03'),
      lastAt: stamp('02:02'),
      code: 'InsufficientInstanceCapacity',
    });
  });

  it('that had no turn was not refused', () => {
    expect(asked({ kind: 'start-untried' }, '02:00:30').refusedStarts).toBeUndefined();
  });
});

describe('the first ping', () => {
  const ready = (instance: InstanceAt<'readiness'>, launchTime = stamp('02:00:30')) =>
    checkReadiness({
      instance,
      ec2: wokenFacts({ launchTime }),
      agent: agentFacts(),
      checks: null,
      optOut: null,
      deadlineSeconds: 900,
      startDeadlineSeconds: 1800,
      now: at('02:02'),
    }).instance;

  it('is that of our own boot, as SSM dates it', () => {
    expect(ready(aWokenInstance()).sightings).toEqual({ firstPingAt: stamp('02:01:30') });
  });

  it('of the boot of others tells its version, and is no first ping', () => {
    const instance = aWokenInstance({ owner: theirs([aProvedAttempt()]) });
    expect(ready(instance, stamp('02:00:50'))).toMatchObject({ versionBefore: OLD, heardAt: stamp('02:01:30') });
    expect(ready(instance, stamp('02:00:50')).sightings).toBeUndefined();
  });
});

describe('a version', () => {
  const sent = { commandId: 'command-1', sentAt: stamp('02:02'), endedAt: null };
  const decide = (
    instance: InstanceAt<'update'>,
    agent = agentFacts({ version: TARGET, lastPingAt: stamp('02:05') }),
  ) => {
    const decision = decideUpdate({
      instance,
      ec2: wokenFacts(),
      invocation: anInvocation({ status: 'TimedOut', statusDetails: 'DeliveryTimedOut' }),
      agent,
      work: updateSsmAgent,
      target: TARGET,
      deadlineSeconds: 900,
      now: at('02:50'),
    });
    return 'instance' in decision ? decision.instance : null;
  };

  it('that an agent has reported after its command was lost is proved by that ping', () => {
    const waiting = aWokenInstance({ step: 'update', versionBefore: OLD, heardAt: stamp('02:01'), commands: [sent] });
    expect(decide(waiting)).toMatchObject({ outcome: 'updated', versionAfter: TARGET, heardAt: stamp('02:05') });
  });

  it('that it had before is proved by the ping in which CheckReadiness heard of it', () => {
    const ready = aWokenInstance({ step: 'update', versionBefore: TARGET, heardAt: stamp('02:01') });
    expect(decide(ready)).toMatchObject({ outcome: 'already-current', versionAfter: TARGET, heardAt: stamp('02:01') });
  });
});

describe('the last word of SSM on a command', () => {
  const command = { commandId: 'command-1', sentAt: stamp('02:02'), endedAt: null };
  const noted = (status: string, instanceId = INSTANCE_ID) =>
    noteStatuses(aWokenInstance({ step: 'update', commands: [command] }), [anInvocation({ status, instanceId })])
      .commands;

  it.each(['Success', 'Failed', 'Cancelled', 'TimedOut'])('is noted: %s', (status) => {
    expect(noted(status)).toEqual([{ ...command, status }]);
  });

  it.each(['Pending', 'InProgress', 'Delayed', 'Cancelling', 'something new'])('is not %s', (status) => {
    expect(noted(status)).toEqual([command]);
  });

  it('is not that of another instance', () => {
    expect(noted('Success', 'i-other')).toEqual([command]);
  });
});

describe('what AWS said', () => {
  const failedWith = (output: string) => {
    const decision = decideUpdate({
      instance: aWokenInstance({
        step: 'update',
        versionBefore: OLD,
        commands: [{ commandId: 'command-1', sentAt: stamp('02:02'), endedAt: null }],
      }),
      ec2: wokenFacts(),
      invocation: anInvocation({ status: 'Failed', statusDetails: 'Failed', output, endedAt: stamp('02:04') }),
      agent: null,
      work: updateSsmAgent,
      target: TARGET,
      deadlineSeconds: 900,
      now: at('02:05'),
    });
    return 'instance' in decision ? (decision.instance as InstanceAt<'restore'>) : null;
  };

  it('is the end of a failed command’s output, in one line', () => {
    const output = 'Updating amazon-ssm-agent\nfailed to parse\nNo rollback needed\n';
    expect(failedWith(output)?.said).toBe('Updating amazon-ssm-agent failed to parse No rollback needed');
    expect(failedWith(`${'x'.repeat(25_000)}\nNo rollback needed`)?.said).toHaveLength(260);
  });

  it('is left out where the reason has all of it', () => {
    const failed = failedWith('insufficient available disk space');
    expect(failed?.reason?.text).toContain('insufficient available disk space');
    expect(failed).not.toHaveProperty('said');
  });

  it('is the refusal of a start, where its reason had to be cut', () => {
    const message = `You are not authorized. ${'e'.repeat(230)} end of it`;
    expect(asked(refused('Blocked', message), '02:00:03').said).toMatch(/end of it$/);
    expect(asked(refused('Blocked', 'no'), '02:00:03')).not.toHaveProperty('said');
  });

  it('is the refusal of its way back, where its reason had to be cut', () => {
    const refusal = `UnauthorizedOperation: ${'e'.repeat(220)} end of it`;
    const { instance } = applyPreflight({
      instance: aLeasedInstance({ step: 'preflight', lastRefusal: 'no' }),
      ec2: leasedFacts(),
      answer: { kind: 'refused', text: refusal },
      leaseholder: { stateMachine: 'reveille-update-agents', runId: 'run-1', child: 'child-1' },
      now: at('02:10'),
    });
    expect(instance).toMatchObject({ reason: { code: 'way-back-denied' }, said: refusal });
  });

  it('is nothing where nothing was said', () => {
    expect(failedWith('')).not.toHaveProperty('said');
  });
});
