import { aScenario, told } from '../../support/scenarios.ts';

/** A job of once a month calls functions that no one has called for weeks: Lambda gets each ready first, and says so. */
it('where every function is cold, the instance is updated and back as it was, as if none were', async () => {
  const { complaints, line, evidence } = await told({ ...aScenario({}, { seed: 11 }), coldSeconds: 106 });

  expect(complaints).toEqual([]);
  expect(line).toMatchObject({ outcome: 'updated', finalState: 'stopped' });
  const refused = evidence.faults.filter(({ what }) => what === 'fault cold');
  expect(refused.length).toBeGreaterThan(20);
});
