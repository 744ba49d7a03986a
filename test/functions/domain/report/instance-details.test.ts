import { detailsOf, noDetails, proofOf } from '../../../../functions/domain/report/instance-details.ts';
import { anInstance, aWokenInstance, OLD, stamp, TARGET } from '../../../support/builders.ts';

const windows = { platform: 'Windows' };

describe('what a report tells of the way of an instance', () => {
  it('is what its result has seen of it', () => {
    const refusedStarts = { count: 2, firstAt: stamp('02:00'), lastAt: stamp('02:01'), code: 'UnauthorizedOperation' };
    const sightings = {
      leaseSeen: 15,
      startAcceptedAt: stamp('02:00:31'),
      runningAt: stamp('02:00:45'),
      firstPingAt: stamp('02:01:10'),
    };
    const result = aWokenInstance({
      step: 'settled',
      stepSince: stamp('02:12'),
      sightings,
      refusedStarts,
      commands: [
        { commandId: 'command-1', sentAt: stamp('02:02'), endedAt: null },
        { commandId: 'command-2', sentAt: stamp('02:03'), endedAt: stamp('02:05'), status: 'Success' },
      ],
      versionAfter: TARGET,
      heardAt: stamp('02:09'),
      stopAcceptedAt: stamp('02:10'),
      said: 'Failed to update',
    });
    expect(detailsOf(windows, result)).toEqual({
      platform: 'Windows',
      times: {
        startAcceptedAt: stamp('02:00:31'),
        runningAt: stamp('02:00:45'),
        firstPingAt: stamp('02:01:10'),
        stopAcceptedAt: stamp('02:10'),
        settledAt: stamp('02:12'),
      },
      refusedStarts,
      commands: [
        { commandId: 'command-1', sentAt: stamp('02:02'), endedAt: null, status: null },
        { commandId: 'command-2', sentAt: stamp('02:03'), endedAt: stamp('02:05'), status: 'Success' },
      ],
      proof: { pingAt: stamp('02:09'), version: TARGET },
      said: 'Failed to update',
    });
  });

  it('has no moment that no look has shown, and none of its end before it is settled', () => {
    expect(detailsOf(windows, anInstance())).toEqual(noDetails(windows));
  });
});

it('the ping in which an agent told its version before the work proves none after it', () => {
  expect(proofOf(aWokenInstance({ step: 'restore', versionBefore: OLD, heardAt: stamp('02:01') }))).toBeNull();
  expect(proofOf(aWokenInstance({ step: 'restore', versionAfter: TARGET }))).toBeNull();
});
