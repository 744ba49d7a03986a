import { behaviourNames, behaviours } from '../../../local/account/fleet/behaviours.ts';
import { printQuietNights } from '../../../local/simulation/command/quiet-nights.ts';
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

it('says which nights were not quiet, and how they ended', () => {
  expect(printQuietNights([])).toMatch(`each of ${Object.keys(behaviours).length} behaviours alone ends as`);
  const text = printQuietNights([{ behaviour: 'spot', complaints: ['quiet-night: it ended otherwise'] }]);
  expect(text).toMatch(/^BROKEN {2}quiet nights: 1 of/);
  expect(text).toContain('  spot: quiet-night: it ended otherwise');
});
