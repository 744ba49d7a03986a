import { applyPreflight } from '../../../../functions/domain/steps/preflight.ts';
import { applyStart } from '../../../../functions/domain/steps/start-result.ts';
import { aLeasedInstance, anInstance, aRun, at, leasedFacts, stamp } from '../../../support/builders.ts';
import { heldAt } from '../../../support/looks.ts';

const ATTEMPT = { attempt: 'attempt-1', recordedAt: stamp('02:59'), startBy: stamp('03:00') };

const THROTTLED = { call: 'StartInstances', code: 'RequestLimitExceeded' };

describe('an instance that AWS throttled', () => {
  it('is told with the call and the code, though no time was left in the end', () => {
    const instance = anInstance({ lastRefusal: 'it was not started', lastError: THROTTLED });
    const given = {
      instance,
      ec2: leasedFacts(),
      attempt: ATTEMPT,
      lostAttempts: [],
      deadlineSeconds: 1800,
      now: at('03:00'),
    };
    const { reason } = heldAt('restore', applyStart({ ...given, result: { kind: 'start-untried' } }).instance);
    expect(reason).toMatchObject({ code: 'not-started', awsError: THROTTLED });
    expect(reason?.text).toMatch(/; before that, StartInstances was answered with RequestLimitExceeded$/);
  });

  it('is tried again where its lease alone was refused for now, and not where it was refused for good', () => {
    const step = (code: string) =>
      applyStart({
        instance: anInstance(),
        ec2: leasedFacts(),
        result: { kind: 'lease-refused', error: { code, message: 'no' }, isItsOwn: true },
        attempt: ATTEMPT,
        lostAttempts: [],
        deadlineSeconds: 1800,
        now: at('02:01'),
      }).instance.step;
    expect([step('ConcurrentTagAccess'), step('TagLimitExceeded')]).toEqual(['start', 'restore']);
  });

  it('is not called one that may not be stopped again', () => {
    const error = { call: 'StopInstances', code: 'RequestLimitExceeded' };
    const text = 'StopInstances (dry run): RequestLimitExceeded: no';
    const instance = aLeasedInstance({ step: 'preflight', lastRefusal: text, lastError: error });
    const { reason } = heldAt(
      'restore',
      applyPreflight({
        instance,
        ec2: leasedFacts(),
        answer: { kind: 'refused', text, error },
        leaseholder: { ...aRun(), child: 'child-1' },
        now: at('02:30'),
      }).instance,
    );
    expect(reason?.text).toBe(`it was not said whether it may be stopped again, so it was not started: ${text}`);
  });
});
