import { stripVTControlCharacters } from 'node:util';
import type { Manifest } from '../../../../functions/domain/listing/manifest.ts';
import type { RunEvent } from '../../../../local/demo/lines/follow-run.ts';
import { createProgressLines } from '../../../../local/demo/lines/progress-lines.ts';
import { aMember, anInstance, aRun, at as moment, stamp } from '../../../support/builders.ts';

const manifest: Manifest = {
  run: aRun(),
  listedAt: stamp('02:00'),
  allowEmpty: false,
  groups: ['dev'],
  batches: 1,
  instances: [
    aMember('i-1', { decision: 'take-part', originalState: 'stopped' }),
    aMember('i-2', { decision: 'take-part', originalState: 'running' }),
    aMember('i-3', { decision: 'excluded', originalState: null }),
  ],
};
const at = (time: string): number => moment(time).getTime();

describe('the progress of a large fleet', () => {
  it('is told in counts each five minutes; while nothing changes, each fifteen', () => {
    const tell = createProgressLines();
    const settled = anInstance({ instanceId: 'i-2', outcome: 'failed', step: 'settled' });
    const events: RunEvent[] = [
      { at: at('02:00'), kind: 'listed', manifest },
      { at: at('02:01'), kind: 'woken', instanceId: 'i-1' },
      { at: at('02:02'), kind: 'running', instanceId: 'i-1' },
      { at: at('02:03'), kind: 'updating', instanceId: 'i-2', version: '1', target: '2' },
      { at: at('02:06'), kind: 'settled', instance: settled },
      { at: at('02:11'), kind: 'updating', instanceId: 'i-1', version: '1', target: '2' },
      { at: at('02:12'), kind: 'update-ended', instanceId: 'i-1' },
      { at: at('02:41'), kind: 'going-back', instanceId: 'i-1' },
    ];
    expect(events.flatMap(tell).map(stripVTControlCharacters)).toEqual([
      '02:00:00 listed   intended=3 wake=1 update=1 left-out=1',
      '02:05:00 progress done=0/2 failed=0 asleep=0 booting=0 registering=1 updating=1 proving=0 going-back=0',
      '02:10:00 progress done=1/2 failed=1 asleep=0 booting=0 registering=1 updating=0 proving=0 going-back=0',
      '02:15:00 progress done=1/2 failed=1 asleep=0 booting=0 registering=0 updating=0 proving=1 going-back=0',
      '02:30:00 progress done=1/2 failed=1 asleep=0 booting=0 registering=0 updating=0 proving=1 going-back=0',
    ]);
  });
});
