import type { PageInstance } from '../../../../../../functions/domain/report/page/facts/page-report.ts';
import { phasesOf } from '../../../../../../functions/domain/report/page/facts/phases.ts';
import { stamp } from '../../../../../support/builders.ts';
import { aPageInstance, aRunningInstance, leftOutFor } from '../../../../../support/page/page-reports.ts';

const second = (moment: string | null) =>
  moment === null ? null : (Date.parse(moment) - Date.parse(stamp('02:00'))) / 1000;
const told = (instance: PageInstance) =>
  phasesOf(instance, second).map(({ name, from, to }) => `${name} ${from}-${to}`);

const times = {
  startAcceptedAt: stamp('02:00:30'),
  runningAt: stamp('02:00:45'),
  firstPingAt: stamp('02:01:30'),
  stopAcceptedAt: stamp('02:09:00'),
  settledAt: stamp('02:10:30'),
};
const command = { commandId: 'c-1', sentAt: stamp('02:02:00'), endedAt: stamp('02:03:00'), status: 'Success' };
const proof = { pingAt: stamp('02:08:00'), version: '3.3.551.0' };

describe('what an instance was at', () => {
  it('follows it from its start to its sleep', () => {
    expect(told(aPageInstance({ times, commands: [command], proof }))).toEqual([
      'boot 30-45',
      'register 45-90',
      'turn 90-120',
      'update 120-180',
      'prove 180-480',
      'turn 480-540',
      'back 540-630',
    ]);
  });

  it('is only that it was awake, where the report tells no more', () => {
    expect(told(aPageInstance())).toEqual(['awake 30-630']);
  });

  it('is nothing where the report does not say when it was over', () => {
    expect(told(aPageInstance({ restoredAt: null }))).toEqual([]);
  });

  it('is no registering for one that ran before and waits for its turn', () => {
    const ran = aRunningInstance({
      times: { ...times, startAcceptedAt: null, runningAt: null, firstPingAt: null, stopAcceptedAt: null },
    });
    expect(told({ ...ran, commands: [command], proof })).toEqual(['update 120-180', 'prove 180-480']);
    expect(told(ran)).toEqual([]);
  });

  it('is registering to the end, if no ping ever comes', () => {
    expect(told(aPageInstance({ outcome: 'failed', times: { ...times, firstPingAt: null } }))).toEqual([
      'boot 30-45',
      'register 45-540',
      'back 540-630',
    ]);
  });

  it('is updating until it is told to stop, if the command never ends', () => {
    const commands = [{ ...command, endedAt: null, status: 'InProgress' }];
    expect(told(aPageInstance({ outcome: 'failed', times, commands }))).toContain('update 120-540');
  });

  it('is no proving after a command that failed', () => {
    const commands = [{ ...command, status: 'Failed' }];
    expect(told(aPageInstance({ outcome: 'failed', times, commands }))).toEqual([
      'boot 30-45',
      'register 45-90',
      'turn 90-120',
      'update 120-180',
      'turn 180-540',
      'back 540-630',
    ]);
  });

  it('is nothing for one that was left out', () => {
    expect(told(leftOutFor('spot', { times }))).toEqual([]);
  });
});
