import type { ReportInstance } from '../../../../functions/domain/report/report.ts';
import { judge } from '../../../../local/simulation/checkers/all-checkers.ts';
import type { Evidence } from '../../../../local/simulation/evidence/evidence.ts';
import { aNight, aReported, change, evidence, whatIsHeardOf } from '../evidence.ts';

/** What `true-report` says of a night with this line. */
const told = (line: Partial<ReportInstance>, changes: Partial<Evidence> = {}): string =>
  judge(evidence({ timeline: aNight, executions: [aReported(line)], ...changes }))
    .flatMap(({ promise, text }) => (promise === 'true-report' ? [text] : []))
    .join('\n');

const because = (code: string, text = '') => ({ reason: { code, text } });

describe('an outcome', () => {
  it('is a failure if the instance is gone', () => {
    const text = 'is terminated, and the report calls it updated';
    const gone = { finalState: 'terminated', ...because('terminated-in-run') };
    expect(told({ ...gone, outcome: 'updated' })).toContain(text);
    expect(told({ ...gone, outcome: 'failed' })).not.toContain(text);
  });

  it('is no exclusion if the run has taken the instance in hand', () => {
    const line = { outcome: 'excluded', ...because('busy') } as const;
    const text = 'is reported as excluded, and the run called CreateTags for it';
    expect(told(line)).toContain(text);
    expect(told(line, { timeline: [] })).not.toContain(text);
  });

  it('is an exclusion if its owner has taken it out while the run was at work on it, and not if it was out before', () => {
    const line = { outcome: 'excluded', ...because('opted-out-in-run') } as const;
    const text = 'is reported as excluded, and the run called';
    const takenOut = (time: string) => ({
      timeline: [...aNight, change(time, { about: 'tags', tags: { 'reveille:opt-out': 'mine' } }, 'person')],
    });
    expect(told(line, takenOut('02:02'))).not.toContain(text);
    expect(told(line, takenOut('01:58'))).toContain(text);
    expect(told(line)).toContain(text);
  });

  it('is no exclusion for a reason that keeps no instance out', () => {
    const text = 'which keeps no instance out';
    expect(told({ outcome: 'excluded', ...because('lease-removed') }, { timeline: [] })).toContain(text);
    expect(told({ outcome: 'excluded', ...because('opted-out') }, { timeline: [] })).not.toContain(text);
  });
});

describe('what a report states', () => {
  it('puts back only what it has woken', () => {
    expect(told({ wokenAt: null, awakeSeconds: null })).toContain('was not woken by the run');
    expect(told({})).not.toContain('was not woken by the run');
  });

  it('says of no agent that has pinged that it never did', () => {
    const line = { outcome: 'failed', ...because('agent-not-pinging', 'it has never pinged: none came') } as const;
    const text = 'told of with "has never pinged", which is not so';
    expect(told(line)).toContain(text);
    const overheard = { ...whatIsHeardOf([aReported(line)]), pings: [] };
    expect(told(line, { overheard })).not.toContain(text);
  });
});
