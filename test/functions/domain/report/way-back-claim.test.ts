import { claimWayBack, type WayBackChecks } from '../../../../functions/domain/report/way-back-claim.ts';
import { told } from '../../../support/reports.ts';

const checks = (changes: Partial<Record<keyof WayBackChecks, WayBackChecks['states']['status']>>): WayBackChecks => ({
  states: { status: changes.states ?? 'kept' },
  leases: { status: changes.leases ?? 'kept' },
  launchTimes: { status: changes.launchTimes ?? 'kept' },
});

describe('what is said of the way back', () => {
  const back = told('i-1');

  it('is what the outcomes say, where the checks found nothing else', () => {
    expect(claimWayBack([back], checks({}))).toEqual({ kind: 'all-back' });
    const stopped = told('i-2', { originalState: 'running', finalState: 'stopped' });
    const unknown = told('i-3', { finalState: null });
    expect(claimWayBack([back, stopped, unknown], checks({}))).toEqual({ kind: 'some-differ', differ: 1, unknown: 1 });
  });

  it('is not that all are back where a lease was not removed', () => {
    const kept = told('i-1', { outcome: 'failed', reason: { code: 'lease-kept', text: '' } });
    expect(claimWayBack([kept], checks({}))).toEqual({ kind: 'some-differ', differ: 1, unknown: 0 });
  });

  it('is nothing where no instance was touched', () => {
    const excluded = told('i-1', { outcome: 'excluded', wokenAt: null, originalState: null, finalState: null });
    expect(claimWayBack([], checks({}))).toEqual({ kind: 'none-moved' });
    expect(claimWayBack([excluded], checks({}))).toEqual({ kind: 'none-moved' });
    expect(claimWayBack([excluded, back], checks({}))).toEqual({ kind: 'all-back' });
  });

  it('is about one that was excluded after it was woken, too', () => {
    const excluded = told('i-1', { outcome: 'excluded', finalState: 'opted-out' });
    expect(claimWayBack([excluded], checks({}))).toEqual({ kind: 'some-differ', differ: 1, unknown: 0 });
  });

  it('is that all are back only if each check was made, and kept', () => {
    expect(claimWayBack([back], checks({}))).toEqual({ kind: 'all-back' });
    for (const name of ['states', 'leases', 'launchTimes'] as const) {
      expect(claimWayBack([back], checks({ [name]: 'not-checked' }))).toEqual({ kind: 'not-checked' });
      expect(claimWayBack([back], checks({ [name]: 'not-kept' }))).toEqual({ kind: 'not-all-back' });
    }
    expect(claimWayBack([back], checks({ states: 'not-checked', leases: 'not-kept' }))).toEqual({
      kind: 'not-all-back',
    });
  });

  it('is not that all are back where an outcome says otherwise, whatever the checks found', () => {
    expect(claimWayBack([told('i-1', { finalState: 'running' })], checks({})).kind).toBe('some-differ');
  });
});
