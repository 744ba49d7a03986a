import { toNight } from '../../../../../../functions/domain/report/page/facts/night.ts';
import { stamp } from '../../../../../support/builders.ts';
import {
  aPageInstance,
  aPageReport,
  aRunningInstance,
  failedFor,
  leftOutFor,
} from '../../../../../support/page/page-reports.ts';

const codesOf = (causes: { code: string; instances: unknown[] }[]) =>
  causes.map(({ code, instances }) => `${code} ${instances.length}`);
const passOf = (at: string, action: string) => ({
  at: stamp(at),
  instances: [{ instanceId: 'i-0123456789abcdef0', action, finalState: 'stopped', wokenAt: null }],
});

describe('a night', () => {
  it('groups what failed by cause, the largest first', () => {
    const night = toNight(aPageReport([failedFor('spot'), failedFor('agent-lost'), failedFor('agent-lost')]));
    expect(codesOf(night.failures)).toEqual(['agent-lost 2', 'spot 1']);
  });

  it('puts what only a person can mend before what the next run may mend by itself, however many that are', () => {
    const night = toNight(aPageReport([failedFor('no-capacity'), failedFor('no-capacity'), failedFor('launch-error')]));
    expect(codesOf(night.failures)).toEqual(['launch-error 1', 'no-capacity 2']);
  });

  it('knows what fails the run besides: what was never reached, a broken promise, what is left awake', () => {
    const night = toNight(
      aPageReport([
        leftOutFor('busy'),
        leftOutFor('spot'),
        aPageInstance({ reason: { code: 'hibernation-lost', text: '' } }),
        aPageInstance({ finalState: 'handed-over', reason: { code: 'session-active', text: '' } }),
        aPageInstance({ finalState: 'running' }),
      ]),
    );
    expect(codesOf(night.besides)).toEqual(['busy 1', 'hibernation-lost 1', 'left-awake 1', 'session-active 1']);
    expect(codesOf(night.leftOut)).toEqual(['busy 1', 'spot 1']);
  });

  it('takes the last pass of ReconcileLeases that came after the report', () => {
    const { afterRun } = toNight(aPageReport([aPageInstance()]), [
      passOf('02:50', 'restored'),
      passOf('02:40', 'held'),
      passOf('02:20', 'left-awake'),
    ]);
    expect(afterRun.map(({ action, isBack }) => [action, isBack])).toEqual([['restored', true]]);
  });

  it('calls an instance without a name by its ID', () => {
    const night = toNight(aPageReport([aPageInstance({ name: null }), aPageInstance({ name: ' ' })]));
    expect(night.instances.map(({ title }) => title)).toEqual(['i-0123456789abcdef0', 'i-0123456789abcdef0']);
  });

  it('says when an instance was done only where the report does', () => {
    const proof = { pingAt: stamp('02:05'), version: null };
    const night = toNight(
      aPageReport([aPageInstance(), aRunningInstance({ proof }), aRunningInstance(), leftOutFor('spot')]),
    );
    expect(night.instances.map(({ doneAt }) => doneAt)).toEqual([630, 300, null, null]);
  });
});
