import { NO_TURN, toTurns } from '../../../../functions/domain/steps/send-turn.ts';
import { aWokenInstance, stamp } from '../../../support/builders.ts';

const one = (instanceId: string, lastRefusal: string | null = null, retryAt: string | null = null) =>
  aWokenInstance({ instanceId, step: 'update', lastRefusal, retryAt: retryAt === null ? null : stamp(retryAt) });
const REFUSED = 'InvalidInstanceId: no';
const turns = (...instances: ReturnType<typeof one>[]) =>
  toTurns(instances)
    .filter((group) => group.length > 0)
    .map((group) => group.map(({ instanceId }) => instanceId));

describe('the turns of instances that are to be sent a command', () => {
  it('are one for all of them as a rule', () => {
    expect(turns(one('i-1'), one('i-2'), one('i-3'))).toEqual([['i-1', 'i-2', 'i-3']]);
    expect(turns()).toEqual([]);
  });

  it('come last for those that were refused: they spoil no other command', () => {
    expect(turns(one('i-1', REFUSED, '02:03'), one('i-2'), one('i-3', REFUSED, '02:03'))).toEqual([
      ['i-2'],
      ['i-1', 'i-3'],
    ]);
  });

  it('are one for each that had none before, the longest waiting first: so each has its turn in the end', () => {
    const waiting = [one('i-1', NO_TURN, '02:05'), one('i-2', NO_TURN, '02:03'), one('i-3', NO_TURN, '02:04')];
    expect(turns(one('i-4', REFUSED, '02:03'), ...waiting, one('i-5'))).toEqual([
      ['i-5'],
      ['i-2'],
      ['i-3'],
      ['i-1'],
      ['i-4'],
    ]);
  });
});
