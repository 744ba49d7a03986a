import { judge } from '../../../../local/simulation/checkers/all-checkers.ts';
import type { Evidence } from '../../../../local/simulation/evidence/evidence.ts';
import { at, INSTANCE_ID } from '../../../support/builders.ts';
import { aNight, aReported, call, evidence, leaseKept, state, until, whatIsHeardOf } from '../evidence.ts';

const moment = (time: string): number => at(time).getTime();

const complaintsOf = (promise: string, changes: Partial<Evidence>): string[] =>
  judge(evidence(changes)).flatMap((complaint) => (complaint.promise === promise ? [complaint.text] : []));

describe('the mail of ReconcileLeases', () => {
  const REFUSAL = 'AWS refused what ReconcileLeases has to do: its role or a policy has to allow it.';
  const attributesOf = (lines: string) => ({
    status: / {2}(?:restored|back now|handed over|left awake|gone)/.test(lines) ? 'restored' : 'open',
    severity: / {2}left awake/.test(lines) || lines.includes(REFUSAL) ? 'critical' : 'info',
  });
  const mail = (counts: string, ...lines: string[]) => ({
    at: moment('02:12:30'),
    subject: `After the run: ${counts}`,
    https: '{}',
    attributes: attributesOf(lines.join('\n')),
    message: [
      `After the run: ${counts}`,
      'A run in eu-central-1 ended before all of its instances were back.',
      ...lines,
    ].join('\n'),
  });
  const said = (mails: Evidence['overheard']['mails'], changes: Partial<Evidence> = {}) => {
    const executions = [aReported()];
    const heard = whatIsHeardOf(executions);
    const overheard = { ...heard, mails: [...heard.mails, ...mails] };
    return complaintsOf('true-report', { timeline: aNight, executions, overheard, ...changes });
  };
  const restored = `  ${INSTANCE_ID}  restored, stopped, after run run-1`;
  const refused = `  ${INSTANCE_ID}  refused, after run run-1: it was not stopped: AccessDenied: no`;

  it('tells how each instance stands, and how many there are', () => {
    expect(said([mail('1 restored', restored)])).toEqual([]);
    for (const [count, untrue] of [
      ['1 restored', 'restored, hibernated'],
      ['1 handed over', 'handed over, left awake'],
      ['1 gone', 'gone, terminated'],
    ] as const) {
      expect(said([mail(count, `  ${INSTANCE_ID}  ${untrue}, after run run-1`)])).toEqual([
        expect.stringContaining(`00:12:30.000, and was told as ${untrue}`),
      ]);
    }
  });

  it.each(['', '1 restored, 1 not yet', '2 restored', '1 gone'])('does not count "%s" instead of one', (counts) => {
    expect(said([mail(counts, restored)])).toEqual([
      expect.stringContaining('tells of 1 restored, and its subject is'),
    ]);
  });

  it('calls nothing settled that carries its lease', () => {
    expect(said([mail('1 restored', restored)], { timeline: leaseKept })).toContainEqual(
      expect.stringContaining('carried the lease of run-1, and was told as restored'),
    );
  });

  it('calls stopping only what it has stopped', () => {
    const stopping = mail('1 not yet', `  ${INSTANCE_ID}  stopping, after run run-1`);
    const stop = call('02:12:20', 'StopInstances', { by: 'ReconcileLeasesFunction' });
    const woken = [...until('02:10'), state('02:12:20', 'stopping', 'ReconcileLeasesFunction')];
    const toldOf = (timeline: Evidence['timeline']) =>
      said([stopping], { timeline }).filter((text) => text.includes('no call of this pass'));
    expect(toldOf([...woken, stop])).toEqual([]);
    expect(toldOf([...woken, { ...stop, error: 'AccessDenied' }])).toHaveLength(1);
    expect(toldOf(woken)).toHaveLength(1);
  });

  it('tells of a refusal that there was, and the first time what to do about it', () => {
    const denied = call('02:12:20', 'StopInstances', { by: 'ReconcileLeasesFunction', error: 'AccessDenied' });
    const timeline = [...aNight, denied];
    const first = mail('1 refused', refused, '', REFUSAL);
    expect(said([first, mail('1 refused', refused)], { timeline })).toEqual([]);
    expect(said([first])).toEqual([expect.stringContaining('no call of this pass came to that')]);
    expect(said([mail('1 refused', refused)], { timeline })).toEqual([
      expect.stringContaining('tells of a refusal, and not what to do about it'),
    ]);
    expect(said([mail('1 restored', restored, '', REFUSAL)])).toEqual([
      expect.stringContaining('explains a refusal, and tells of none'),
    ]);
  });
});
