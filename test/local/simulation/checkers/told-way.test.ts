import type { Check } from '../../../../functions/domain/report/checks.ts';
import type { Report, ReportInstance } from '../../../../functions/domain/report/report.ts';
import { judge } from '../../../../local/simulation/checkers/all-checkers.ts';
import type { Evidence } from '../../../../local/simulation/evidence/evidence.ts';
import { at, INSTANCE_ID, OLD, stamp, TARGET } from '../../../support/builders.ts';
import { aLine, aNight, anInstance, aReported, change, evidence, leaseKept, state } from '../evidence.ts';

const told = (changes: Partial<Evidence>): string[] =>
  judge(evidence({ timeline: aNight, executions: [aReported()], ...changes })).flatMap((complaint) =>
    complaint.promise === 'true-report' ? [complaint.text] : [],
  );
const ofLine = (line: Partial<ReportInstance>): string => told({ executions: [aReported(line)] }).join('\n');
const { times, commands } = aLine();
const [command = { commandId: '', sentAt: '', endedAt: null, status: null }] = commands;

describe('the way of an instance is held to the account', () => {
  it.each<[string, Partial<ReportInstance>, RegExp]>([
    ['its platform', { platform: 'Windows' }, /has the platform Linux\/UNIX, and the report says Windows/],
    [
      'a start that was accepted before it was called',
      { times: { ...times, startAcceptedAt: stamp('02:01') } },
      /had no start accepted at 00:01:00.000/,
    ],
    [
      'a look before it ran',
      { times: { ...times, runningAt: stamp('02:01:10') } },
      /was pending at 00:01:10.000, when/,
    ],
    ['a ping that was never', { times: { ...times, firstPingAt: stamp('02:03:21') } }, /did not ping at 00:03:21.000/],
    ['a stop that was never', { times: { ...times, stopAcceptedAt: stamp('02:10') } }, /had no stop accepted at/],
    ['another end than it was put back at', { times: { ...times, settledAt: stamp('02:13') } }, /and settled at/],
    ['no end', { restoredAt: null, times: { ...times, settledAt: null } }, /does not say when/],
    [
      'a refusal that was never',
      { refusedStarts: { count: 1, firstAt: stamp('02:01:02'), lastAt: stamp('02:01:02'), code: 'Blocked' } },
      /was refused its start 0 times/,
    ],
    ['a command that was not sent', { commands: [{ ...command, sentAt: stamp('02:02') }] }, /was sent no command at/],
    ['one too many', { commands: [command, command] }, /was sent 1 commands, and the report has more/],
    ['a success that was none', { commands: [{ ...command, commandId: 'd' }] }, /has taken no command d to its end/],
    ['no proof', { proof: null }, /and no ping proves it/],
    [
      'a proof that no agent gave',
      { proof: { pingAt: stamp('02:09'), version: TARGET } },
      /did not report 3.3.551.0 at/,
    ],
    [
      'a proof with another version',
      { proof: { pingAt: stamp('02:05'), version: OLD }, versionAfter: OLD },
      /proves its version by a ping of 00:05:00.000, before its update/,
    ],
    ['words of a failure', { said: 'Failed to update' }, /is updated, and the report has words of a failure/],
  ])('%s', (_what, line, text) => {
    expect(ofLine(line)).toMatch(text);
  });
});

describe('what a run says of its own promises is held to the account', () => {
  const saying = (changes: Partial<Report>, more: Partial<Evidence> = {}): string => {
    const execution = aReported();
    const { report } = execution;
    if (report === null) throw new Error('there is no report');
    return told({ executions: [{ ...execution, report: { ...report, ...changes } }], ...more }).join('\n');
  };
  const check = (status: Check['status'], instances: string[] = []): Check => ({ status, instances, text: 'why' });
  const { checks } = aReported().report ?? {};
  const checked = (changes: Partial<Report['checks']>): Partial<Report> =>
    checks === undefined ? {} : { checks: { ...checks, ...changes } };

  it('is kept only where it is', () => {
    expect(saying({}, { timeline: leaseKept })).toContain(`its leases are kept, and that of ${INSTANCE_ID} is not`);
    const awake = aNight.filter((entry) => entry.at < at('02:10').getTime());
    expect(saying({}, { timeline: awake })).toContain(`its states are kept, and that of ${INSTANCE_ID} is not`);
  });

  it.each(['versions', 'leases'] as const)('is not kept only where it is not: %s', (name) => {
    const text = `its ${name} are not kept by ${INSTANCE_ID}, which keeps it`;
    const timeline = aNight.filter(({ at: moment }) => moment < at('02:15').getTime());
    expect(saying(checked({ [name]: check('not-kept', [INSTANCE_ID]) }), { timeline })).toContain(text);
  });

  it('is checked where nothing keeps it from that', () => {
    const unchecked = checked({ states: check('not-checked') });
    expect(saying(unchecked)).toContain('it has not checked its states, and nothing kept it from that');
    expect(saying(unchecked, { describeLagSeconds: 40 })).toBe('');
  });

  it('is of what ran before, too: in its boot', () => {
    const instance = anInstance({ before: { state: 'running', version: OLD, lease: null }, settled: 'running' });
    const execution = aReported({ originalState: 'running', finalState: 'running' });
    const timeline = [
      ...aNight.slice(0, -4),
      state('02:10', 'stopping', 'RestoreInstancesFunction'),
      state('02:11', 'stopped'),
      change('02:12', { about: 'tags', tags: {} }, 'RestoreInstancesFunction'),
    ];
    const texts = told({ instances: [instance], executions: [execution], timeline }).join('\n');
    expect(texts).toContain(`its launchTimes are kept, and that of ${INSTANCE_ID} is not`);
  });

  it('counts its causes as its lines have them', () => {
    expect(saying({ causes: [{ code: 'spot', outcome: 'excluded', count: 2 }] })).toContain('and its causes say');
  });
});
