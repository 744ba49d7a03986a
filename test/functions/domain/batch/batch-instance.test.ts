import { batchInstanceSchema, type Step } from '../../../../functions/domain/batch/batch-instance.ts';
import { instancesAt } from '../../../support/arbitraries.ts';
import { ENDS, INSTANCE_ID, OLD, stamp } from '../../../support/builders.ts';

const CARRIED = ['instanceId', 'originalState', 'owner', 'sendUntil', 'step', 'stepSince', 'stopUntil'];
const HEARD = ['launchTime', 'versionBefore', 'commands'];
const WORKED = [...HEARD, 'versionAfter', 'outcome', 'reason', 'otherActivitySince'];

/** What a step carries beside what all carry. */
const OWN: Record<Step, string[]> = {
  start: ['lastRefusal', 'retryAt'],
  preflight: ['lastRefusal'],
  readiness: [],
  update: [...HEARD, 'lastRefusal', 'retryAt', 'otherUpdateSince'],
  verify: [...HEARD, 'hasRefusedTarget'],
  restore: [...WORKED, 'otherUpdateSince', 'lastRefusal', 'strayUntil', 'stopAcceptedAt'],
  settled: [...WORKED, 'finalState', 'restoredAt', 'stopAcceptedAt'],
};

/** As an earlier version wrote it down at every step: flat, with null where there was nothing yet. */
const flat = (step: Step) => ({
  instanceId: INSTANCE_ID,
  originalState: 'stopped',
  step,
  stepSince: stamp('02:05'),
  ...ENDS,
  retryAt: null,
  owner: { kind: 'none' },
  launchTime: stamp('02:00:30'),
  versionBefore: OLD,
  versionAfter: null,
  commands: [],
  otherUpdateSince: null,
  hasRefusedTarget: false,
  strayUntil: null,
  stopAcceptedAt: null,
  otherActivitySince: null,
  lastRefusal: null,
  outcome: null,
  reason: null,
  restoredAt: null,
  finalState: step === 'settled' ? 'stopped' : null,
});

describe.each(Object.keys(instancesAt) as Step[])('an instance at %s', (step) => {
  it('that an earlier version has written is read, and what the step does not carry is dropped', () => {
    const read = batchInstanceSchema.parse(flat(step));
    expect(Object.keys(read).sort()).toEqual([...CARRIED, ...OWN[step]].sort());
    expect(flat(step)).toMatchObject(read);
  });

  it('is read again as it was written', () => {
    const read = batchInstanceSchema.parse(flat(step));
    expect(batchInstanceSchema.parse(JSON.parse(JSON.stringify(read)))).toEqual(read);
  });
});

describe('an instance whose agent was heard', () => {
  it.each(['update', 'verify'] as const)('has a boot at %s, and maybe no version', (step) => {
    expect(batchInstanceSchema.safeParse({ ...flat(step), versionBefore: null }).success).toBe(true);
    expect(batchInstanceSchema.safeParse({ ...flat(step), launchTime: null }).success).toBe(false);
  });
});
