import { maySendStart, toAttempt } from '../../../../functions/domain/ownership/attempt.ts';
import { isLeaseOf, LEASE_TAG, leasesOn } from '../../../../functions/domain/ownership/lease.ts';
import { at, leaseValue, stamp } from '../../../support/builders.ts';

describe('an attempt to start', () => {
  const attempt = toAttempt('attempt-1', at('02:00'), 8);

  it('can cause boots from its record until its last request and the clocks’ difference are over', () => {
    expect(attempt).toEqual({ attempt: 'attempt-1', recordedAt: stamp('02:00'), startBy: stamp('02:00:23') });
  });

  it.each([
    ['02:00', true],
    ['02:00:10', true],
    ['02:00:10.001', false],
  ])('may send a start for ten seconds: at %s', (time, may) => {
    expect(maySendStart(attempt, at(time))).toBe(may);
  });
});

describe('a lease', () => {
  const child = { stateMachine: 'reveille-update-agents', runId: 'run-1', child: 'child-1' };

  it('is of its child, whichever attempt wrote it', () => {
    expect(isLeaseOf(leaseValue({ attempt: 'attempt-7' }), child)).toBe(true);
  });

  it.each([
    ['another state machine', { ...child, stateMachine: 'another' }],
    ['another run', { ...child, runId: 'run-2' }],
    ['another child', { ...child, child: 'child-2' }],
  ])('is not of %s', (_whose, other) => {
    expect(isLeaseOf(leaseValue(), other)).toBe(false);
  });

  it('is no child’s if it is none', () => {
    expect(isLeaseOf('nonsense', child)).toBe(false);
  });

  it('is carried by an instance that has the tag itself', () => {
    const facts = new Map([
      ['i-1', { tags: { [LEASE_TAG]: 'a/b/c/d' } }],
      ['i-2', { tags: { Name: 'web' } }],
      ['i-3', { tags: { [LEASE_TAG]: '' } }],
      ['i-4', { tags: Object.create({ [LEASE_TAG]: 'inherited' }) }],
    ]);
    expect(leasesOn(facts)).toEqual([
      { instanceId: 'i-1', value: 'a/b/c/d' },
      { instanceId: 'i-3', value: '' },
    ]);
  });
});
