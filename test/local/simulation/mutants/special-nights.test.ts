import { specialNights } from '../../../../local/simulation/mutants/special-nights.ts';
import { tryScenario } from '../../../../local/simulation/trial/verdict.ts';

const byName = specialNights.map((night) => [night.drawnAs ?? '', night] as const);

it.each(byName)('%s breaks no promise', async (_name, night) => {
  expect((await tryScenario(night)).complaints).toEqual([]);
});

it.each([
  ['special night: two copies start one of two', 'fault twin'],
  ['special night: a command older than the boot beside it', 'person run-command'],
  ['special night: an orphan that sleeps, and is started by someone else', 'reason started-by-others'],
])('%s comes to what it is about: %s', async (name, what) => {
  const night = byName.find(([one]) => one === name)?.[1];
  if (night === undefined) throw new Error(name);
  expect((await tryScenario(night)).happened).toHaveProperty([what]);
});
