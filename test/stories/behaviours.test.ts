import { type BehaviourName, behaviourNames, behaviours } from '../../local/account/fleet/behaviours.ts';
import { aFleet, tell } from '../support/stories.ts';

interface Ending {
  outcome: string;
  code?: string;
  finalState: string;
}

const updated: Ending = { outcome: 'updated', finalState: 'stopped' };
const failed = (code: string): Ending => ({ outcome: 'failed', code, finalState: 'stopped' });
const excluded = (code: string, finalState = 'stopped'): Ending => ({ outcome: 'excluded', code, finalState });

/** How a stopped instance of each behaviour ends. */
const endings: Record<BehaviourName, Ending> = {
  'never-registers': failed('never-registered'),
  'no-instance-profile': failed('no-instance-profile'),
  'stale-ping': failed('agent-not-pinging'),
  'slow-boot': updated,
  'update-fails': failed('update-failed'),
  'update-rolls-back': failed('update-rolled-back'),
  'update-hangs': failed('update-hung'),
  'update-in-progress': updated,
  'command-lost': updated,
  'association-at-boot': updated,
  'ping-hourly': updated,
  'version-reported-late': updated,
  'launch-error': failed('launch-error'),
  'no-capacity': failed('no-capacity'),
  'no-capacity-at-first': updated,
  'vcpu-limit': failed('limit-reached'),
  'hangs-in-pending': { outcome: 'failed', code: 'not-restored', finalState: 'pending' },
  'stuck-stopping': excluded('still-in-transition', 'stopping'),
  'slow-stop': updated,
  'stop-protected': excluded('stop-protected'),
  'stop-denied': failed('way-back-denied'),
  'auto-scaling': excluded('auto-scaling'),
  spot: excluded('spot-interrupted'),
  'spot-persistent': updated,
  'instance-store': excluded('instance-store'),
  terminated: excluded('terminated', 'terminated'),
  settling: updated,
  'opted-out': excluded('opted-out'),
  'tag-limit': failed('lease-refused'),
  'lease-copied': updated,
  hibernated: { outcome: 'updated', finalState: 'hibernated' },
  'hibernation-falls-back': { outcome: 'updated', code: 'hibernation-lost', finalState: 'stopped' },
  'already-current': { outcome: 'already-current', finalState: 'stopped' },
  'agent-lost': failed('agent-lost'),
  ghost: { outcome: 'excluded', code: 'not-found', finalState: 'unknown' },
  'slow-start': updated,
  'type-withdrawn': failed('start-refused'),
  'slow-update-in-progress': { ...updated, code: 'updated-by-others' },
  'command-undeliverable': failed('update-undeliverable'),
  'send-refused': failed('update-undeliverable'),
  'disk-full': failed('no-disk-space'),
  'updater-dies': failed('updater-died'),
  'target-inactive': failed('target-not-active'),
  'rollback-fails': failed('rollback-failed'),
  'capacity-gone-at-launch': updated,
  'internal-error-once': updated,
  'internal-error-always': failed('launch-error'),
  'volume-limit': failed('launch-error'),
  'system-hangs': failed('status-check-failed'),
  'host-fails': failed('status-check-failed'),
  'volume-stalls': failed('status-check-failed'),
  'host-full': failed('no-capacity'),
  'reservation-full': failed('no-capacity'),
  'clock-behind': updated,
  'late-credentials': updated,
  'root-volume-missing': excluded('no-root-volume'),
  'old-architecture': excluded('target-not-available'),
  'updates-on-its-way-down': updated,
  'older-again': failed('version-not-confirmed'),
  'newer-agent': { outcome: 'already-current', code: 'newer-than-target', finalState: 'stopped' },
  'clock-ahead': updated,
  'skipped-step': failed('update-failed'),
  'unknown-system': failed('unsupported-platform'),
  'proxy-not-up': updated,
  'package-database-locked': updated,
  'lease-garbled': updated,
  'leased-by-others': excluded('busy'),
  'managed-by-eks': excluded('managed-by-others'),
  'managed-and-hidden': excluded('managed-by-others'),
  'emr-member': excluded('managed-by-others'),
  'karpenter-node': excluded('managed-by-others'),
};

/** How a running one ends, where that is not the same or the behaviour is about sleeping. */
const runningEndings: Partial<Record<BehaviourName, Ending>> = {
  'never-registers': { ...failed('never-registered'), finalState: 'running' },
  'stale-ping': { ...failed('agent-not-pinging'), finalState: 'running' },
  'update-fails': { ...failed('update-failed'), finalState: 'running' },
  'update-hangs': { ...failed('update-hung'), finalState: 'running' },
  'update-in-progress': { ...updated, finalState: 'running' },
  'command-lost': { ...updated, finalState: 'running' },
  'ping-hourly': { ...updated, finalState: 'running' },
  'lease-copied': { ...updated, finalState: 'running' },
  'auto-scaling': excluded('auto-scaling', 'running'),
  'managed-by-eks': excluded('managed-by-others', 'running'),
  'managed-and-hidden': excluded('managed-by-others', 'running'),
  spot: excluded('spot', 'running'),
  'instance-store': excluded('instance-store', 'running'),
  settling: { ...updated, finalState: 'running' },
  'already-current': { outcome: 'already-current', finalState: 'running' },
};

/** What EC2 itself breaks, whatever we do: the report says so, and the lease stays as a claim. */
const brokenByEc2: Partial<Record<BehaviourName, string[]>> = {
  'hangs-in-pending': [
    'every instance is as it was, save a memory that EC2 has lost and the report tells of: i-00000000000000001 was stopped, and is pending',
    'no lease is left: i-00000000000000001 carries a lease',
  ],
};

describe.each([1, 2])('with seed %i', (seed) => {
  it.each(behaviourNames)(
    'a stopped instance that is %s ends as it should, beside a healthy neighbour',
    async (behaviour) => {
      const fleet = aFleet({ dev: { special: { behaviours: [behaviour] }, neighbour: {} } });
      const { of, broken } = await tell(fleet, { seed });
      const { outcome, reason, finalState } = of('special');

      expect({ outcome, code: reason?.code, finalState: finalState ?? 'unknown' }).toEqual({
        code: undefined,
        ...endings[behaviour],
      });
      expect(of('neighbour')).toMatchObject({ outcome: 'updated', finalState: 'stopped' });
      expect(broken).toEqual(brokenByEc2[behaviour] ?? []);
    },
  );

  it.each(Object.entries(runningEndings))(
    'a running instance that is %s ends as it should',
    async (behaviour, ending) => {
      const fleet = aFleet({
        prod: { special: { state: 'running', behaviours: [behaviour as BehaviourName] }, neighbour: {} },
      });
      const { of, broken } = await tell(fleet, { seed });
      const { outcome, reason, finalState } = of('special');

      expect({ outcome, code: reason?.code, finalState }).toEqual({ code: undefined, ...ending });
      expect(broken).toEqual([]);
    },
  );
});

it.each(behaviourNames)('the documentation says how %s ends', (behaviour) => {
  const { outcome, code } = endings[behaviour];
  expect(behaviours[behaviour].ends).toBe(code === undefined ? outcome : `${outcome}: ${code}`);
});

describe('what a reason tells', () => {
  it('names both versions, or the words of EC2 and of the agent', async () => {
    const fleet = aFleet({
      dev: {
        launch: { behaviours: ['launch-error'] },
        roll: { behaviours: ['update-rolls-back'] },
        full: { behaviours: ['no-capacity'] },
        lost: { behaviours: ['agent-lost'] },
      },
    });
    const { of } = await tell(fleet);

    expect(of('launch').reason?.text).toContain('Client error on launch');
    expect(of('roll').reason?.text).toContain('failed to start the agent');
    expect(of('full').reason?.text).toMatch(/InsufficientInstanceCapacity.*tried again for 3\d minutes/);
    expect(of('lost').reason?.text).toContain('no ping in');
  });

  it('names the layer that is dead, the key to look at, and the step that failed', async () => {
    const fleet = aFleet({
      dev: {
        hangs: { behaviours: ['system-hangs'] },
        key: { behaviours: ['launch-error'] },
        limit: { behaviours: ['volume-limit'] },
        step: { behaviours: ['skipped-step'] },
        older: { behaviours: ['older-again'] },
        newer: { behaviours: ['newer-agent'] },
        silent: { behaviours: ['no-instance-profile'] },
      },
    });
    const { of } = await tell(fleet);
    const text = (name: string) => of(name).reason?.text ?? '';

    expect(text('hangs')).toContain('its operating system does not answer');
    expect(of('key').reason?.awsError).toEqual({ call: 'StartInstances', code: 'Client.InternalError' });
    expect(of('limit').reason?.awsError).toEqual({ call: 'StartInstances', code: 'Client.VolumeLimitExceeded' });
    expect(text('step')).toContain('connection reset by peer');
    expect(text('older')).toContain('3.0.1390.0, older than the');
    expect(text('newer')).toMatch(/9\.9\.9\.0, which is newer than the target 3\./);
    expect(text('silent')).toMatch(/status checks pass.*a hint only/);
  });

  it('is never missing where an instance failed or was left out', async () => {
    const names = behaviourNames.filter((name) => !Object.hasOwn(brokenByEc2, name));
    const fleet = aFleet({ dev: Object.fromEntries(names.map((name) => [name, { behaviours: [name] }])) });
    const { report, broken } = await tell(fleet);

    expect(broken).toEqual([]);
    expect(report.instances).toHaveLength(names.length);
    expect(report.status).toBe('failed');
  });
});

describe('an instance whose update may still be at work', () => {
  it('is not stopped before its hard deadline of 45 minutes', async () => {
    const { account, of } = await tell(aFleet({ dev: { hung: { behaviours: ['update-hangs'] } } }));

    const at = (operation: string) =>
      account.journal.entries
        .filter((entry) => entry.kind === 'call' && entry.operation === operation && entry.error === null)
        .map((entry) => entry.at);
    const lastCommand = at('SendCommand').at(-1) ?? 0;
    const firstStop = at('StopInstances')[0] ?? 0;
    expect(at('SendCommand')).toHaveLength(2);
    expect(firstStop - lastCommand).toBeGreaterThanOrEqual(45 * 60_000);
    expect(of('hung').finalState).toBe('stopped');
  });
});
