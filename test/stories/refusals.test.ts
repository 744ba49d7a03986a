import { simulate } from '../../local/run/simulated-run.ts';
import { aFleet, tell } from '../support/stories.ts';

const writes = new Set(['StartInstances', 'StopInstances', 'CreateTags', 'DeleteTags', 'SendCommand']);
const touched = (account: Awaited<ReturnType<typeof simulate>>['account']) =>
  account.journal.entries.filter((entry) => entry.kind === 'call' && writes.has(entry.operation));

describe('a run that can not be', () => {
  const broken = {
    ...aFleet({ stack: {} }),
    groups: [{ name: 'stack', queryError: 'CLOUDFORMATION_STACK_NOT_EXISTING' as const, instances: [] }],
  };

  const bucket = { type: 'AWS::S3::Bucket', arn: 'arn:aws:s3:::logs' };
  const buckets = {
    ...aFleet({ dev: { web: {} } }),
    groups: [
      ...aFleet({ dev: { web: {} } }).groups,
      { name: 'buckets', resourceTypes: [bucket.type], otherResources: [bucket], instances: [] },
    ],
  };

  it.each([
    ['an empty group', aFleet({ dev: {} }), {}, ['EmptyGroup', 'resource group "dev" has no EC2 instances']],
    ['one empty group among full ones', aFleet({ dev: { web: {} }, prod: {} }), {}, ['EmptyGroup', '"prod"']],
    [
      'a broken group, which answers 200 with an empty list',
      broken,
      {},
      ['BrokenGroup', 'CLOUDFORMATION_STACK_NOT_EXISTING'],
    ],
    ['a broken group, even where an empty one is allowed', broken, { allowEmpty: true }, ['BrokenGroup', 'stack']],
    ['a group that can hold no instances', buckets, {}, ['BrokenGroup', 'its query asks for other resource types']],
    [
      'one that can hold none, even where an empty one is allowed',
      buckets,
      { allowEmpty: true },
      ['BrokenGroup', 'add AWS::EC2::Instance'],
    ],
    ['a group that does not exist', aFleet({ dev: { web: {} } }), { groups: ['nowhere'] }, ['BrokenGroup', 'nowhere']],
    ['an unknown field', aFleet({ dev: { web: {} } }), { group: 'dev' }, ['InvalidInput', 'group']],
    [
      'a version that is none',
      aFleet({ dev: { web: {} } }),
      { targetVersion: '3.3' },
      ['InvalidInput', 'targetVersion'],
    ],
    ['groups that are no list', aFleet({ dev: { web: {} } }), { groups: 'dev' }, ['InvalidInput', 'groups']],
    ['an input that is no object', aFleet({ dev: { web: {} } }), ['dev'], ['InvalidInput', 'give an object']],
  ])('fails for %s with a named error, and touches no instance', async (_, fleet, input, [error, text]) => {
    const { execution, account, report } = await simulate({ fleet, seed: 1, input });

    expect(execution).toMatchObject({ status: 'FAILED', error });
    const { errorMessage } = JSON.parse((execution as { cause: string }).cause) as { errorMessage: string };
    expect(errorMessage).toContain(text);
    expect(report).toBeNull();
    expect(touched(account)).toEqual([]);
  });

  it('fails when no instance takes part: zero reachable instances is no success', async () => {
    const fleet = aFleet({ dev: { pinned: { behaviours: ['opted-out'] }, gone: { behaviours: ['terminated'] } } });
    const { report, execution, account } = await tell(fleet);

    expect(report.status).toBe('failed');
    expect(execution).toMatchObject({ status: 'FAILED', error: 'RunFailed' });
    expect(account.messages[0]?.message).toContain('No instance could be updated');
    expect(touched(account)).toEqual([]);
  });

  it('succeeds with an empty group where that is allowed', async () => {
    const { report } = await tell(aFleet({ dev: {} }), { input: { allowEmpty: true } });

    expect(report).toMatchObject({ status: 'succeeded', counts: { intended: 0 }, instances: [] });
  });

  it('fails for an instance that never settles, and leaves it alone', async () => {
    const fleet = aFleet({ dev: { stuck: { behaviours: ['settling', 'slow-stop'] }, web: {} } });
    const { of, report, broken } = await tell(fleet);

    expect(of('stuck')).toMatchObject({ outcome: 'excluded', reason: { code: 'still-in-transition' } });
    expect(of('web').outcome).toBe('updated');
    expect(report.status).toBe('failed');
    expect(broken).toEqual([]);
  });
});

describe('a dry run', () => {
  const fleet = aFleet({
    dev: {
      web: {},
      memory: { behaviours: ['hibernated'] },
      pinned: { behaviours: ['opted-out'] },
      moving: { behaviours: ['settling'] },
    },
    prod: { shop: { state: 'running' }, fresh: { state: 'running', behaviours: ['already-current'] } },
  });

  it('says what would be done, and touches no instance', async () => {
    const { plan, execution, account, report } = await simulate({ fleet, seed: 1, input: { dryRun: true } });

    expect(execution.status).toBe('SUCCEEDED');
    expect(report).toBeNull();
    expect(touched(account)).toEqual([]);
    expect(account.messages).toEqual([]);
    expect(plan?.instances.map(({ action }) => action)).toEqual([
      'start-update-stop',
      'start-update-hibernate',
      'exclude',
      'wait',
      'update',
      'none',
    ]);
    expect(plan?.counts).toEqual({ intended: 6, wake: 2, update: 1, current: 1, inTransition: 1, excluded: 1 });
    expect(account.objects.keys(account.bucket)).toEqual(['runs/demo-1/manifest.json', 'runs/demo-1/plan.json']);
  });

  it('returns where the plan is, so that it need not fit into a payload', async () => {
    const { execution } = await simulate({ fleet, seed: 1, input: { dryRun: true } });

    expect(execution).toMatchObject({ output: { key: 'runs/demo-1/plan.json', counts: { intended: 6 } } });
  });
});
