import type { Check } from '../../../../functions/domain/report/checks.ts';
import type { ReportInstance } from '../../../../functions/domain/report/report.ts';
import { judge } from '../../../../local/simulation/checkers/all-checkers.ts';
import type { Evidence, ExecutionEvidence } from '../../../../local/simulation/evidence/evidence.ts';
import type { Overheard } from '../../../../local/simulation/evidence/overheard.ts';
import { at, INSTANCE_ID, OLD, TARGET } from '../../../support/builders.ts';
import {
  aNight,
  anExecution,
  anInstance,
  aReported,
  call,
  change,
  evidence,
  LEASE,
  leaseKept,
  ping,
  state,
  until,
  whatIsHeardOf,
} from '../evidence.ts';

const told = (changes: Partial<Evidence>): string[] =>
  judge(evidence({ timeline: aNight, executions: [aReported()], ...changes })).flatMap((complaint) =>
    complaint.promise === 'true-report' ? [complaint.text] : [],
  );

/** What is said of a night that went well, if its report has this line. */
const ofLine = (line: Partial<ReportInstance>): string[] => told({ executions: [aReported(line)] });

/** Of a report that is right, with something else told or measured. */
const ofHeard = (changes: Partial<Overheard>): string[] =>
  told({ overheard: { ...whatIsHeardOf([aReported()]), ...changes } });

const failed = (code: string, text: string) => ({ outcome: 'failed', reason: { code, text } }) as const;

const manifest = call('02:00:30', 'PutObject', {
  by: 'ListInstancesFunction',
  parameters: { bucket: 'b', key: 'runs/run-1/manifest.json' },
  instanceIds: [],
});

it('a report that says what the account says is true', () => {
  expect(told({})).toEqual([]);
});

describe('a line is held to the account', () => {
  it.each<[string, Partial<ReportInstance>, RegExp]>([
    ['its original state', { originalState: 'running' }, /was stopped before the run, and the report says running/],
    ['its final state', { finalState: 'running' }, /is stopped after the run, and the report says running/],
    ['a memory that is gone', { finalState: 'hibernated' }, /is stopped after the run, and the report says hibernated/],
    ['a final state that is missing', { finalState: null }, /has no final state/],
    [
      'its version before',
      { versionBefore: '3.2.1.0' },
      new RegExp(`reported ${OLD} before its update, .* says 3.2.1.0`),
    ],
    ['a version that it never had', { versionAfter: '3.3.999.0' }, /did not report 3.3.999.0 after its update/],
    ['no version at all', { versionAfter: null }, /is updated without a version/],
    ['a start that was never', { wokenAt: at('02:00').toISOString() }, /was not started at 00:00:00.000/],
    [
      'a start that is kept quiet',
      { wokenAt: null, awakeSeconds: null, restoredAt: null },
      /was started by the run at 00:01:01/,
    ],
    [
      'a time when it was not asleep yet',
      { restoredAt: at('02:10:30').toISOString() },
      /was stopping at 00:10:30.000, when the report/,
    ],
    ['a time that is missing', { restoredAt: null, awakeSeconds: null }, /does not say when/],
    ['how long it was awake', { awakeSeconds: 60 }, /was awake for 659 seconds .* says 60/],
    ['a lease that it never carried', { notes: [{ code: 'lease-ignored', text: 'a lease' }] }, /carried none/],
  ])('%s', (_what, line, text) => {
    expect(ofLine(line).join('\n')).toMatch(text);
  });

  it.each<[string, string, string]>([
    ['a state', 'not-running', '20 minutes after its start it is still shutting-down'],
    ['a start', 'restarted-in-run', 'it was started again at 2026-12-06T02:09:00.000Z, not by this run'],
    ['a ping', 'agent-lost', `its last ping, with ${TARGET}, is of 2026-12-06T02:09:00.000Z`],
    ['a session', 'session-active', 'person has a session on it (no-such-session)'],
    ['a version', 'version-not-confirmed', `the agent reports 3.2.1.0 instead of ${TARGET}`],
    ['its end', 'terminated-in-run', 'EC2 does not know it any more'],
    ['a time', 'out-of-time', 'nothing is stopped after 2026-12-06T06:30:00Z'],
  ])('the text of a reason, where it states %s', (_what, code, text) => {
    expect(ofLine(failed(code, text)).join('\n')).toContain('which is not so');
  });

  it.each<[string, string, string]>([
    ['a state', 'not-running', 'it is still running'],
    ['a ping', 'agent-lost', `its last ping, with ${TARGET}, is of 2026-12-06T02:09:30.000Z`],
    ['a version', 'version-not-confirmed', `the agent reports ${OLD} instead of ${TARGET}`],
  ])('a text that states %s as it was is true', (_what, code, text) => {
    expect(ofLine(failed(code, text)).join('\n')).not.toContain('which is not so');
  });

  it('a version that came only before the update is no version after it', () => {
    const pings = [ping('02:02', OLD), ping('02:04', TARGET)];
    expect(ofHeard({ pings }).join('\n')).toContain(`did not report ${TARGET} after its update`);
  });

  it('what others did to it after it was settled, the report can not know', () => {
    const timeline = [...aNight, state('02:18', 'pending', 'person'), state('02:18:20', 'running')];
    expect(told({ timeline })).toEqual([]);
  });

  it('a copied lease is noted', () => {
    const before = { state: 'stopped', version: OLD, lease: 'another/run/that/died' };
    expect(told({ instances: [anInstance({ before })] }).join('\n')).toContain('and the report is silent');
  });
});

describe('an instance that is left to others', () => {
  const handedOver = {
    finalState: 'handed-over',
    reason: { code: 'session-active', text: 'p has a session on it (s)' },
  };
  const night = (endsAt: string): string[] => {
    const session = (time: string, phase: 'begin' | 'end') => change(time, { about: 'session', phase, sessionId: 's' });
    const report = aReported({ ...handedOver, restoredAt: null, awakeSeconds: null }).report;
    const late = report && { ...report, status: 'failed' as const, endedAt: at('02:40').toISOString() };
    return told({
      timeline: [...until('02:10'), session('02:09', 'begin'), session(endsAt, 'end')],
      executions: [aReported({}, { endedAt: at('02:40').getTime(), report: late })],
    });
  };

  it('was used by them for twenty minutes', () => {
    expect(night('02:30').join('\n')).not.toContain('others used it');
  });

  it('has lost its lease by their doing, if that is what is told', () => {
    const line = { finalState: 'handed-over', reason: { code: 'lease-removed', text: '' }, restoredAt: null };
    const executions = [aReported({ ...line, awakeSeconds: null })];
    const removed = change('02:09', { about: 'tags', tags: {} }, 'person');
    const text = 'no one else has changed its tags';
    expect(told({ timeline: until('02:10'), executions }).join('\n')).toContain(text);
    expect(told({ timeline: [...until('02:10'), removed], executions }).join('\n')).not.toContain(text);
  });

  it('is not theirs after five', () => {
    expect(night('02:14').join('\n')).toContain('others used it for 5 minutes only');
  });
});

describe('a run that leaves an instance other than it was', () => {
  const awake = until('02:10');

  it('is no success, whatever its lines say', () => {
    expect(told({ timeline: awake }).join('\n')).toContain(
      'slept before and is awake after it, and the run says succeeded',
    );
  });

  it('says so first, with their number', () => {
    const execution = aReported({ finalState: 'running', restoredAt: null, awakeSeconds: null });
    expect(told({ timeline: awake, executions: [execution] }).join('\n')).toContain(
      '1 to 1 were left awake, and it is told: dev: 1 of 1 updated',
    );
    const heard = whatIsHeardOf([execution]);
    const mails = heard.mails.map((mail) => ({
      ...mail,
      subject: `LEFT AWAKE: 1. ${mail.subject}`,
      message: `LEFT AWAKE: 1. ${mail.message}`,
      https: mail.https.replace('dev: ', 'LEFT AWAKE: 1. dev: '),
    }));
    const texts = told({ timeline: awake, executions: [execution], overheard: { ...heard, mails } });
    expect(texts.join('\n')).not.toContain('were left awake');
  });

  it('is no success if one was hibernated, and is just stopped', () => {
    const before = { state: 'hibernated', version: OLD, lease: null };
    const instances = [anInstance({ before, settled: 'hibernated' })];
    const execution = aReported({ originalState: 'hibernated', finalState: 'stopped' });
    const lost = `run-1: ${INSTANCE_ID} was hibernated and is just stopped`;
    expect(told({ instances, executions: [execution] })).toEqual([
      `${lost}, and the run says succeeded`,
      `${lost}, and its line does not say so`,
      expect.stringContaining('its states are kept, and that of'),
    ]);
    const reason = { code: 'hibernation-lost', text: 'it was hibernated, and EC2 fell back to a plain stop' };
    const honest = aReported({ originalState: 'hibernated', finalState: 'stopped', reason }, { status: 'FAILED' });
    const states: Check = { status: 'not-kept', instances: [INSTANCE_ID], text: 'its memory is lost: 1 of 1' };
    const report = honest.report && {
      ...honest.report,
      status: 'failed' as const,
      checks: { ...honest.report.checks, states },
    };
    expect(told({ instances, executions: [{ ...honest, error: 'RunFailed', report }] })).toEqual([]);
  });
});

describe('a run that has died', () => {
  const died = aReported();
  if (died.report !== null) died.report.diedBeforeReport = true;
  const still = `run-1: it was reported while ${INSTANCE_ID} still carried its lease`;

  it('is not reported while an instance carries its lease', () => {
    expect(told({ executions: [died], timeline: leaseKept })).toContain(still);
    expect(told({ executions: [died] })).not.toContain(still);
  });

  it.each([
    ['is removed', [change('02:12', { about: 'tags', tags: {} })]],
    ['is another run’s by now', [change('02:12', leaseOf('run-2'), 'StartInstancesFunction')]],
    ['is on what is gone', [state('02:12', 'terminated', 'person')]],
  ])('is reported once its lease %s', (_how, more) => {
    expect(told({ timeline: [...leaseKept, ...more], executions: [died] })).not.toContain(still);
  });
});

describe('metrics', () => {
  const measured = (openLeases: number, oldest: number) => ({
    ...whatIsHeardOf([aReported()]),
    metrics: [
      ...whatIsHeardOf([aReported()]).metrics,
      {
        at: at('02:06').getTime(),
        principal: 'ReconcileLeasesFunction',
        values: { OpenLeases: openLeases, OldestLeaseAge: oldest },
      },
    ],
  });
  const held = [change('02:01', { about: 'tags', tags: { 'reveille:lease': LEASE } }), ...aNight];

  it('say what the report says', () => {
    expect(ofHeard({ metrics: [] }).join('\n')).toContain('no metrics say what its report says');
  });

  it('count the leases that are carried', () => {
    expect(told({ timeline: held, overheard: measured(1, 300) })).toEqual([]);
    expect(told({ timeline: held, overheard: measured(0, 0) }).join('\n')).toContain('1 leases were carried');
    expect(told({ timeline: held, overheard: measured(1, 0) }).join('\n')).toContain('the oldest 0 s old');
  });

  it('may count one that was terminated while the pass went on', () => {
    const gone = [...held, state('02:05:59', 'shutting-down')].sort((one, other) => one.at - other.at);
    expect(told({ timeline: gone, overheard: measured(1, 300) })).toEqual([]);
  });
});

describe('a run that has begun', () => {
  const dead: ExecutionEvidence = anExecution({ status: 'ABORTED' });

  it('is reported by someone', () => {
    expect(told({ timeline: [manifest], executions: [dead] })).toEqual([
      expect.stringContaining('no report says what became of it'),
    ]);
  });

  it.each<[string, Partial<Evidence>]>([
    ['it was a dry run', { executions: [{ ...dead, input: { dryRun: true } }] }],
    ['it never got to its manifest', { timeline: [] }],
    [
      'EC2 does not let go of one that it holds',
      {
        instances: [
          anInstance({ behaviours: ['hangs-in-pending'], after: { state: 'pending', version: OLD, lease: LEASE } }),
        ],
      },
    ],
  ])('need not be, if %s', (_what, changes) => {
    expect(told({ timeline: [manifest], executions: [dead], ...changes })).toEqual([]);
  });
});

function leaseOf(runId: string) {
  return { about: 'tags', tags: { 'reveille:lease': LEASE.replace('run-1', runId) } } as const;
}
