import { toNight } from '../../../../../../functions/domain/report/page/facts/night.ts';
import type { PageReport } from '../../../../../../functions/domain/report/page/facts/page-report.ts';
import { verdictOf } from '../../../../../../functions/domain/report/page/facts/verdict.ts';
import { english } from '../../../../../../functions/domain/report/page/words/english.ts';
import { stamp } from '../../../../../support/builders.ts';
import {
  ALL_KEPT,
  aPageInstance,
  aPageReport,
  aRunningInstance,
  failedFor,
  leftOutFor,
} from '../../../../../support/page/page-reports.ts';

const sentence = (report: PageReport, addenda: Parameters<typeof toNight>[1] = []) =>
  verdictOf(toNight(report, addenda))
    .map((part) => (english.verdict[part.kind] as (one: typeof part) => string)(part))
    .join(' ');
const fine = [aPageInstance(), aRunningInstance()];
const awake = aPageInstance({ instanceId: 'i-awake', finalState: 'running', restoredAt: null, awakeSeconds: null });

describe('the headline', () => {
  it('says that all went well, if it was checked', () => {
    expect(sentence(aPageReport(fine, { checks: ALL_KEPT }))).toBe(
      'All 2 agents are proved to be on 3.3.551.0. Every instance is back as it was.',
    );
  });

  it('does not say that all is back, if it was not checked', () => {
    expect(sentence(aPageReport(fine))).toBe(
      'All 2 agents are proved to be on 3.3.551.0. Whether all is back as it was has not been checked.',
    );
  });

  it('begins with what failed, of those that took part', () => {
    const report = aPageReport([...fine, failedFor('update-hung'), leftOutFor('spot')], { checks: ALL_KEPT });
    expect(sentence(report)).toBe(
      '1 of 3 failed. 2 agents are proved to be on 3.3.551.0. Every instance is back as it was.',
    );
  });

  it('begins with what is left awake', () => {
    expect(sentence(aPageReport([...fine, awake], { checks: ALL_KEPT }))).toBe(
      'Left awake: 1. All 3 agents are proved to be on 3.3.551.0.',
    );
  });

  it('does not call awake what ReconcileLeases has put back since', () => {
    const restored = { instanceId: 'i-awake', action: 'restored', finalState: 'stopped', wokenAt: null };
    const addenda = [{ at: stamp('02:45'), instances: [restored] }];
    expect(sentence(aPageReport([...fine, awake]), addenda)).toBe(
      'All 3 agents are proved to be on 3.3.551.0. 1 instance was put back only after the run.',
    );
  });

  it('says that a hibernation was lost as what it is: not back', () => {
    const lost = aPageInstance({ reason: { code: 'hibernation-lost', text: 'EC2 stopped it' } });
    expect(sentence(aPageReport([...fine, lost], { checks: ALL_KEPT }))).toContain('1 instance is not back as before.');
  });

  it('says that an instance was never reached', () => {
    expect(sentence(aPageReport([...fine, leftOutFor('busy')], { checks: ALL_KEPT }))).toContain(
      '1 instance was never reached.',
    );
  });

  it('says of a run without an agent to update only that', () => {
    expect(sentence(aPageReport([leftOutFor('spot')], { status: 'failed' }))).toBe('No instance of dev took part.');
    expect(sentence(aPageReport([], { status: 'failed' }))).toBe('No instance was listed.');
  });

  it('says that a run has died, and no more than one other thing that went wrong', () => {
    const report = aPageReport([failedFor('no-result'), awake, leftOutFor('busy')], { diedBeforeReport: true });
    expect(sentence(report)).toBe(
      'The run ended before its report. Left awake: 1. 1 agent is proved to be on 3.3.551.0.',
    );
  });
});
