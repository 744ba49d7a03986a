import { countCauses } from '../../../../functions/domain/report/counted-causes.ts';

const failed = (code: string) => ({ outcome: 'failed', reason: { code, text: 'why' } }) as const;

describe('the causes of a run', () => {
  it('are its reasons, the most first, and of as many those first that come first in the alphabet', () => {
    const instances = [
      failed('no-capacity'),
      { outcome: 'updated', reason: null } as const,
      failed('agent-lost'),
      failed('no-disk-space'),
      failed('no-disk-space'),
      { outcome: 'excluded', reason: { code: 'spot', text: 'Spot Instance' } } as const,
    ];
    expect(countCauses(instances)).toEqual([
      { code: 'no-disk-space', outcome: 'failed', count: 2 },
      { code: 'agent-lost', outcome: 'failed', count: 1 },
      { code: 'no-capacity', outcome: 'failed', count: 1 },
      { code: 'spot', outcome: 'excluded', count: 1 },
    ]);
  });

  it('are told apart by the outcome: an update by others is no failure', () => {
    const by = (outcome: 'updated' | 'failed') => ({ outcome, reason: { code: 'handed-over', text: 'why' } });
    expect(countCauses([by('failed'), by('updated'), by('updated')])).toEqual([
      { code: 'handed-over', outcome: 'updated', count: 2 },
      { code: 'handed-over', outcome: 'failed', count: 1 },
    ]);
  });

  it('are none where all went as it should', () => {
    expect(countCauses([{ outcome: 'updated', reason: null }])).toEqual([]);
  });
});
