import { rareNights } from '../../../../local/simulation/mutants/rare-nights.ts';
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

it.each([
  ['terminated between its stop and the look that would show it', 'reason terminated-in-run'],
  ['SSM does not say who is at work before a start', 'outcome updated'],
  ['others use it for an hour, and leave it before its end', 'reason session-active'],
  ['a dry run too late to wake what sleeps', 'run SUCCEEDED'],
  ['a run of another group goes on for long beside what a dead one has left', 'reason never-registered'],
])('a rare night breaks no promise, and comes to what it is about: %s', async (name, what) => {
  const night = rareNights[name];
  if (night === undefined) throw new Error(name);
  const { complaints, happened } = await tryScenario(night);
  expect(complaints).toEqual([]);
  expect(happened).toHaveProperty([what]);
});
