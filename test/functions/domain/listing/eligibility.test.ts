import fc from 'fast-check';
import { decideEligibility, judgeStopProtection } from '../../../../functions/domain/listing/eligibility.ts';
import { refusalOf } from '../../../../functions/domain/model/aws-errors.ts';
import type { InstanceFacts } from '../../../../functions/domain/model/instance.ts';
import { isBenignExclusion } from '../../../../functions/domain/model/reason.ts';
import { exclusions } from '../../../../functions/domain/model/reason-codes.ts';
import { anyInstanceFacts } from '../../../support/arbitraries.ts';
import { at, instanceFacts } from '../../../support/builders.ts';

const OPT_OUT_TAG = 'reveille:skip';

const decide = (instance: InstanceFacts | null) =>
  decideEligibility(instance, null, { key: OPT_OUT_TAG, timeZone: 'UTC' }, at('02:00'));
const judge = (changes: Partial<InstanceFacts> = {}) => decide(instanceFacts(changes));

const INTERRUPTED = { code: 'Server.SpotInstanceStop', message: 'Server.SpotInstanceStop: no capacity' };
const HIBERNATED = { code: 'Client.UserInitiatedHibernate', message: 'Client.UserInitiatedHibernate' };

describe('an instance without a root volume', () => {
  it('is out, and fails the run: it could not boot', () => {
    expect(judge({ lacksRootVolume: true })).toMatchObject({
      decision: 'excluded',
      reason: { code: 'no-root-volume' },
    });
    expect(isBenignExclusion('no-root-volume')).toBe(false);
  });
});

describe('an instance of the group', () => {
  it('takes part when it sleeps, and is to sleep again', () => {
    expect(judge()).toEqual({ decision: 'take-part', originalState: 'stopped', reason: null });
  });

  it('takes part when it runs, and is to go on running', () => {
    expect(judge({ state: 'running', stateReason: null })).toMatchObject({ originalState: 'running' });
  });

  it('takes part when it is hibernated, and is to be hibernated again', () => {
    expect(judge({ stateReason: HIBERNATED })).toMatchObject({ decision: 'take-part', originalState: 'hibernated' });
  });

  it('is not taken for hibernated while it runs, whatever its last state reason was', () => {
    expect(judge({ state: 'running', stateReason: HIBERNATED })).toMatchObject({ originalState: 'running' });
  });

  it('takes part as a Spot Instance that sleeps: only a persistent request can have been stopped', () => {
    expect(judge({ isSpot: true })).toMatchObject({ decision: 'take-part', originalState: 'stopped' });
  });

  it('takes part as one that sleeps though EC2 does not say why', () => {
    expect(judge({ isSpot: true, stateReason: null })).toMatchObject({ decision: 'take-part' });
    expect(judge({ stateReason: null })).toMatchObject({ decision: 'take-part', originalState: 'stopped' });
  });

  it('is waited for while it is stopping, also as a Spot Instance', () => {
    expect(judge({ isSpot: true, state: 'stopping' })).toMatchObject({ decision: 'in-transition' });
  });

  it.each(['pending', 'stopping'] as const)('is waited for while it is %s', (state) => {
    expect(judge({ state })).toMatchObject({
      decision: 'in-transition',
      originalState: null,
      reason: { code: 'in-transition', text: expect.stringContaining(state) },
    });
  });
});

describe('an instance that is kept out', () => {
  const asg = { 'aws:autoscaling:groupName': 'web-fleet' };

  it.each<[string, string, Partial<InstanceFacts>]>([
    ['is terminated', 'terminated', { state: 'terminated' }],
    ['is shutting down', 'terminated', { state: 'shutting-down' }],
    ['belongs to an Auto Scaling group', 'auto-scaling', { tags: asg }],
    ['belongs to one and still boots', 'auto-scaling', { tags: asg, state: 'pending' }],
    ['is managed by a service', 'managed-by-others', { managedBy: 'eks.amazonaws.com' }],
    ['is managed by one and runs', 'managed-by-others', { managedBy: 'ecs.amazonaws.com', state: 'running' }],
    ['is a node of EMR', 'managed-by-others', { tags: { 'aws:elasticmapreduce:job-flow-id': 'j-1' } }],
    ['is a node of Karpenter', 'managed-by-others', { tags: { 'karpenter.sh/nodepool': 'batch' } }],
    ['is one of an older Karpenter', 'managed-by-others', { tags: { 'karpenter.sh/provisioner-name': 'default' } }],
    ['is a Spot Instance that runs', 'spot', { isSpot: true, state: 'running' }],
    ['is a Spot Instance that boots', 'spot', { isSpot: true, state: 'pending' }],
    ['was interrupted by EC2', 'spot-interrupted', { isSpot: true, stateReason: INTERRUPTED }],
    ['has an instance store as its root', 'instance-store', { rootDeviceType: 'instance-store' }],
    ['carries the opt-out tag', 'opted-out', { tags: { [OPT_OUT_TAG]: 'true' } }],
    ['carries the opt-out tag without a value', 'opted-out', { tags: { [OPT_OUT_TAG]: '' } }],
    ['is opted out while it settles', 'opted-out', { tags: { [OPT_OUT_TAG]: 'yes' }, state: 'stopping' }],
  ])('because it %s', (_why, code, changes) => {
    expect(judge(changes)).toMatchObject({ decision: 'excluded', originalState: null, reason: { code } });
  });

  it('because EC2 does not know it', () => {
    expect(decide(null)).toMatchObject({ decision: 'excluded', reason: { code: 'not-found' } });
  });

  it('because stop protection is on', () => {
    const judged = judgeStopProtection(judge({}), { isOn: true, refusal: null });

    expect(judged).toMatchObject({ decision: 'excluded', reason: { code: 'stop-protected' } });
  });

  it('because EC2 refused to say whether it has stop protection, which is not benign', () => {
    const judged = judgeStopProtection(judge({}), {
      isOn: false,
      refusal: refusalOf('DescribeInstanceAttribute', { code: 'UnauthorizedOperation', message: 'no' }),
    });

    expect(judged).toMatchObject({ decision: 'excluded', reason: { code: 'question-refused' } });
    expect(judged.reason?.text).toContain('UnauthorizedOperation: no');
    expect(isBenignExclusion(judged.reason?.code ?? '')).toBe(false);
  });

  it('not because of a stop protection that is off', () => {
    const judged = judge({});

    expect(judgeStopProtection(judged, { isOn: false, refusal: null })).toBe(judged);
  });

  it.each<[string, Partial<InstanceFacts>]>([
    ['the Auto Scaling group web-fleet', { tags: asg }],
    ['eks.amazonaws.com', { managedBy: 'eks.amazonaws.com' }],
    ['the EMR cluster j-1', { tags: { 'aws:elasticmapreduce:job-flow-id': 'j-1' } }],
    ["Karpenter's node pool batch", { tags: { 'karpenter.sh/nodepool': 'batch' } }],
    ["Karpenter's provisioner default", { tags: { 'karpenter.sh/provisioner-name': 'default' } }],
  ])('is told that it is owned by %s', (owner, changes) => {
    expect(judge(changes).reason?.text).toBe(
      `owned by ${owner}, which starts, stops and replaces its instances itself`,
    );
  });

  it('is told which tag keeps it out', () => {
    expect(judge({ tags: { [OPT_OUT_TAG]: 'true' } }).reason?.text).toContain(OPT_OUT_TAG);
  });

  it('hears of its own choice before it hears of its nature', () => {
    expect(judge({ tags: { ...asg, [OPT_OUT_TAG]: 'true' } })).toMatchObject({ reason: { code: 'opted-out' } });
  });

  it.each(['false', 'False', 'FALSE'])('comes in again with the opt-out tag set to %j', (value) => {
    expect(judge({ tags: { [OPT_OUT_TAG]: value } })).toMatchObject({ decision: 'take-part' });
  });

  it('does not hear of another tag that happens to say true', () => {
    expect(judge({ tags: { 'reveille:other': 'true' } })).toMatchObject({ decision: 'take-part' });
  });
});

describe('whatever EC2 says', () => {
  const anyFacts = fc.option(anyInstanceFacts, { nil: null, freq: 20 });

  it('there is one decision, with all that belongs to it and nothing else', () => {
    fc.assert(
      fc.property(anyFacts, (instance) => {
        const { decision, originalState, reason } = decide(instance);
        switch (decision) {
          case 'take-part':
            expect(reason).toBeNull();
            expect(instance?.state).toBe(originalState === 'running' ? 'running' : 'stopped');
            break;
          case 'in-transition':
            expect(originalState).toBeNull();
            expect(['pending', 'stopping']).toContain(instance?.state);
            break;
          case 'excluded':
            expect(originalState).toBeNull();
            expect(Object.keys(exclusions)).toContain(reason?.code);
            expect(reason?.text).not.toBe('');
            break;
          default:
            throw new Error(`an unknown decision: ${decision}`);
        }
      }),
    );
  });

  it('no instance that could not be stopped again takes part', () => {
    fc.assert(
      fc.property(anyFacts, (instance) => {
        const { decision } = decide(instance);
        const isUnstoppable =
          instance === null ||
          instance.rootDeviceType === 'instance-store' ||
          'aws:autoscaling:groupName' in instance.tags ||
          'karpenter.sh/nodepool' in instance.tags ||
          instance.managedBy !== null ||
          ['terminated', 'shutting-down'].includes(instance.state);
        if (isUnstoppable) expect(decision).toBe('excluded');
      }),
    );
  });
});
