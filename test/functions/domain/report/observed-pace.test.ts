import type { BatchInstance } from '../../../../functions/domain/batch/batch-instance.ts';
import { observePace } from '../../../../functions/domain/report/observed-pace.ts';
import { anInstance, stamp } from '../../../support/builders.ts';

describe('what a report says of AWS’s pace', () => {
  it('is nothing where nothing was seen', () => {
    expect(observePace([anInstance()])).toBeUndefined();
  });

  it('is the least, the middle and the most of all instances that it was seen of', () => {
    const results: BatchInstance[] = [3, -1, 40, 7].map((launchAfterReply) =>
      anInstance({ sightings: { launchAfterReply } }),
    );
    results.push(
      anInstance({ step: 'restore', launchTime: stamp('02:00:30'), sightings: { firstPingAt: stamp('02:01:01.500') } }),
    );
    expect(observePace(results)).toEqual({
      launchAfterReplySeconds: { instances: 4, min: -1, median: 3, max: 40 },
      describeLagSeconds: null,
      leaseSeenSeconds: null,
      firstPingSeconds: { instances: 1, min: 31.5, median: 31.5, max: 31.5 },
    });
  });
});
