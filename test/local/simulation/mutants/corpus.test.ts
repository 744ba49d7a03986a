import { raritiesOf, reaching } from '../../../../local/simulation/mutants/corpus.ts';
import type { Mutant } from '../../../../local/simulation/mutants/mutant.ts';

const file = 'functions/a.ts';
const verdict = {
  seed: 1,
  digest: '',
  complaints: [],
  happened: {},
  needless: { instances: 0, failures: [], minutes: [] },
};

/** A simulation that runs through a function of this file, and through its guard's way out or not. */
const simulation = (seed: number, leaves: number, elsewhere = 0) => ({
  task: seed,
  verdict: { ...verdict, seed, cpuMilliseconds: 0 },
  coverage: new Map([
    [
      file,
      [
        { start: 0, end: 100, count: 1 },
        { start: 30, end: 40, count: leaves },
        { start: 200, end: 300, count: elsewhere },
      ],
    ],
  ]),
});

it('a mutant is tried first where all of what it changes is run through, however rare the rest is', () => {
  const guard: Mutant = {
    file,
    start: 20,
    end: 41,
    replacement: ';',
    operator: 'guard left out',
    line: 2,
    before: 'if (a) { return; }',
    within: 'f',
    ordinal: 1,
  };
  const all = [simulation(1, 0), simulation(2, 0, 1), simulation(3, 1)];
  expect(reaching(all, raritiesOf(all), guard).map(({ task }) => task)).toEqual([3, 2, 1]);
});
