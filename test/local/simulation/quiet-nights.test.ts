import { behaviourNames, behaviours } from '../../../local/account/fleet/behaviours.ts';
import { printQuietNights } from '../../../local/simulation/command/quiet-nights.ts';
import { countTroubles } from '../../../local/simulation/draw/draw-scenario.ts';
import { drawHealthyNights, healthyNightsBefore } from '../../../local/simulation/draw/healthy-nights.ts';
import type { Evidence } from '../../../local/simulation/evidence/evidence.ts';
import { play } from '../../../local/simulation/play/play.ts';
import { NEIGHBOUR_ID, quietNight, SPECIAL_ID } from '../../../local/simulation/scenario/quiet-nights.ts';
import { judgeQuietNight } from '../../../local/simulation/trial/quiet-night.ts';
import { tryQuietNight } from '../../../local/simulation/trial/verdict.ts';

it('each behaviour has a night of its own, beside a healthy neighbour', () => {
  for (const name of behaviourNames) {
    const [group] = quietNight(name).fleet.groups;
    expect(group?.instances.map((one) => one.behaviours)).toEqual([[name], []]);
  }
});

describe('a quiet night', () => {
  let seen: Evidence;
  beforeAll(async () => {
    seen = (await play(quietNight('update-fails'))).evidence;
  });

  /** The same night, with one instance other than it is. */
  const changed = (instanceId: string, after: Partial<Evidence['instances'][number]['after']>): Evidence => ({
    ...seen,
    instances: seen.instances.map((one) =>
      one.instanceId === instanceId ? { ...one, after: { ...one.after, ...after } } : one,
    ),
  });

  it('that ends as the table says is right', () => {
    expect(judgeQuietNight('update-fails', seen)).toEqual([]);
  });

  it.each<[string, () => Evidence, RegExp]>([
    ['another reason', () => seen, /it is to end as "failed: update-hung", and ended as "failed: update-failed"/],
    [
      'an instance left awake',
      () => changed(SPECIAL_ID, { state: 'running' }),
      /it is to be stopped afterwards, and is running/,
    ],
    ['a neighbour left awake', () => changed(NEIGHBOUR_ID, { state: 'running' }), /healthy neighbour is to be stopped/],
    [
      'a neighbour without the version',
      () => changed(NEIGHBOUR_ID, { version: '3.2.1630.0' }),
      /called updated, and has 3.2/,
    ],
    ['no report', () => ({ ...seen, executions: [] }), /ended as "not in the report"/],
  ])('with %s is not', (_what, given, text) => {
    const behaviour = _what === 'another reason' ? 'update-hangs' : 'update-fails';
    expect(
      judgeQuietNight(behaviour, given())
        .map((complaint) => complaint.text)
        .join('\n'),
    ).toMatch(text);
  });

  it('is tried with all the other checkers, too', async () => {
    expect(await tryQuietNight('hibernation-falls-back')).toMatchObject({ complaints: [], needless: { failures: [] } });
  });
});

it('healthy nights are of healthy fleets, quiet or with one fault, each of its own seed: sixty to a thousand seeds', () => {
  const nights = drawHealthyNights(healthyNightsBefore(1000));
  for (const night of nights) {
    expect([night.seed, countTroubles(night)]).toEqual([night.seed, night.drawnAs === 'quiet night' ? 0 : 1]);
  }
  expect(new Set(nights.map(({ seed }) => seed)).size).toBe(60);
  expect(nights.filter(({ drawnAs }) => drawnAs === 'quiet night')).toHaveLength(20);
});

it('says which nights were not quiet, and how they ended', () => {
  expect(printQuietNights(60, [])).toMatch(`each of ${Object.keys(behaviours).length} behaviours alone, and 60 nights`);
  const text = printQuietNights(60, [{ night: 'behaviour spot', complaints: ['quiet-night: it ended otherwise'] }]);
  expect(text).toMatch(/^BROKEN {2}quiet nights: .*, 1 do not end as they should/);
  expect(text).toContain('  behaviour spot: quiet-night: it ended otherwise');
});
