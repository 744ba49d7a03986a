import fc from 'fast-check';
import { firstLineOf, subjectOf as tellSubject } from '../../../../functions/domain/report/headline.ts';
import type { ReportInstance } from '../../../../functions/domain/report/report.ts';
import { claimWayBack } from '../../../../functions/domain/report/way-back-claim.ts';
import { ALL_KEPT } from '../../../support/builders.ts';
import { current, failed, reported, told } from '../../../support/reports.ts';

describe('the subject of a run', () => {
  const subjectOf = (...[instances, status, died]: Parameters<typeof reported>) =>
    tellSubject(reported(instances, status, died), claimWayBack(instances, ALL_KEPT));
  const web = (number: number, changes: Partial<ReportInstance> = {}) =>
    told(`i-0000000000000000${number}`, { name: `web-${number}`, ...changes });
  const lost = { outcome: 'failed', reason: failed.reason, versionAfter: null } as const;

  it('says how many were updated, which one failed and why, and that all are back', () => {
    expect(subjectOf([web(1), web(2), web(3, lost)])).toBe(
      'dev: 2 of 3 updated, 1 failed (web-3: the agent never registered). All back as they were',
    );
  });

  it('says all is well where it is', () => {
    expect(subjectOf([web(1), current], 'succeeded')).toBe(
      'dev: 1 of 2 updated, 1 already current. All back as they were',
    );
  });

  it('names each cause once', () => {
    const full = web(4, { ...lost, reason: { code: 'no-capacity', text: '' } });
    const instances = [web(1, lost), web(2, lost), full];
    expect(subjectOf(instances)).toBe('dev: 0 of 3 updated, 3 failed (web-1, web-2, web-4). All back as they were');
    expect(firstLineOf(reported(instances), claimWayBack(instances, ALL_KEPT), 'en')).toContain(
      '3 failed (web-1, web-2: the agent never registered; web-4: EC2 had no capacity). All',
    );
  });

  it('says less where there is less room, and never a part of a name', () => {
    const long = (number: number) => told(`i-${number}`, { ...lost, name: `${'n'.repeat(20)}-${number}` });
    expect(subjectOf([1, 2, 3, 4].map(long))).toBe(
      `dev: 0 of 4 updated, 4 failed (${'n'.repeat(20)}-1 and 3 more). All back as they were`,
    );
  });

  it.each([
    ['is another one’s, too', 'twin'],
    ['is too long', 'n'.repeat(25)],
    ['is not ASCII', '開発-1'],
    ['would end the sentence', 'x). All back as they were'],
    ['calls people', '@channel'],
  ])('calls an instance by its ID if its name %s', (_why, name) => {
    const subject = subjectOf([told('i-1', { ...lost, name }), told('i-2', { name: 'twin' })]);
    expect(subject).toContain('1 failed (i-1: the agent never registered)');
  });

  it.each(['running', 'pending', 'handed-over'])('says first who is left awake: one is %s', (finalState) => {
    const ranBefore = told('i-3', { originalState: 'running', finalState: 'running' });
    expect(subjectOf([web(1, { finalState }), told('i-2', { finalState }), ranBefore])).toBe(
      'LEFT AWAKE: 2 (web-1, i-2). dev: 3 of 3 updated',
    );
  });

  it('says which one is left awake by its tag', () => {
    const tagged = (number: number) => web(number, { finalState: 'opted-out' });
    expect(subjectOf([tagged(1), current], 'succeeded')).toBe(
      'LEFT AWAKE: 1 (web-1, by its tag). dev: 1 of 2 updated, 1 already current',
    );
    expect(subjectOf([tagged(1), tagged(2)])).toMatch(/^LEFT AWAKE: 2 \(2 by their tags\)\. /);
    const forNothing = web(3, { finalState: 'running' });
    expect(subjectOf([forNothing, tagged(1)])).toMatch(/^LEFT AWAKE: 2 \(web-3; 1 by its tag\)\. /);
  });

  it('leaves out what is as it should be, where the rest would be cut', () => {
    const many = (count: number, changes: Partial<ReportInstance>) =>
      Array.from({ length: count }, (_, index) => told(`i-${count}-${index}`, changes));
    const excluded = {
      outcome: 'excluded',
      wokenAt: null,
      finalState: null,
      reason: { code: 'spot', text: '' },
    } as const;
    const stopping = { ...lost, finalState: 'stopping' };
    const all = [
      web(1, { ...lost, finalState: 'running' }),
      ...many(100, {}),
      ...many(102, stopping),
      ...many(101, excluded),
    ];
    const subject = subjectOf([...all, ...many(103, { outcome: 'already-current' })], 'failed', true);
    expect(subject).toBe('LEFT AWAKE: 1. 100 of 407 updated, 103 failed, the run died. 102 not as before');
  });

  it('says that the run failed where no instance did', () => {
    const busy = told('i-1', { outcome: 'excluded', wokenAt: null, reason: { code: 'busy', text: '' } });
    expect(subjectOf([web(1), busy])).toBe(
      'dev: 1 of 2 updated, 1 excluded, but the run failed (i-1). All back as they were',
    );
    expect(subjectOf([])).toBe('no instance found, but the run failed');
  });

  it('says that a run died', () => {
    expect(subjectOf([web(1)], 'failed', true)).toBe('dev: 1 of 1 updated, the run died. All back as they were');
  });

  it('claims nothing of what is not known, or is not as before', () => {
    const stopped = told('i-2', { originalState: 'running', finalState: 'stopped' });
    expect(subjectOf([failed, web(1)])).toMatch(/\. State of 1 unknown$/);
    expect(subjectOf([stopped, web(1)])).toMatch(/updated, but the run failed\. 1 not as before$/);
    expect(subjectOf([told('i-1', { outcome: 'excluded', wokenAt: null })])).not.toContain('back');
  });

  it('names the groups as long as they are short', () => {
    const of = (...groups: string[]) => subjectOf(groups.map((group, index) => told(`i-${index}`, { group })));
    expect(of('dev', 'test')).toMatch(/^dev, test: 2 of 2/);
    expect(of('d'.repeat(300))).toMatch(/^1 of 1/);
    expect(of('d'.repeat(20), 'test', 'x')).toMatch(/^3 groups: 3 of 3/);
  });

  it('is taken by SNS, whatever happened: plain, and less than 100 characters', () => {
    const outcomes = ['updated', 'already-current', 'failed', 'excluded'] as const;
    fc.assert(
      fc.property(
        fc.array(
          fc.record({
            outcome: fc.constantFrom(...outcomes),
            isAwake: fc.boolean(),
            name: fc.string({ maxLength: 30 }),
          }),
          { maxLength: 500 },
        ),
        fc.boolean(),
        (drawn, died) => {
          const instances = drawn.map(({ outcome, isAwake, name }, index) =>
            told(`i-${String(index).padStart(17, '0')}`, {
              outcome,
              name,
              finalState: isAwake ? 'opted-out' : null,
              group: 'g'.repeat(20),
            }),
          );
          expect(subjectOf(instances, 'failed', died)).toMatch(/^[\x20-\x7e]{1,99}$/);
        },
      ),
    );
  });
});
