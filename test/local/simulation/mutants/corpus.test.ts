import type { Measurement } from '../../../../local/simulation/coverage/measure.ts';
import { corpusOf, raritiesOf, reaching } from '../../../../local/simulation/mutants/corpus.ts';
import type { Mutant } from '../../../../local/simulation/mutants/mutant.ts';
import { rareNights } from '../../../../local/simulation/mutants/rare-nights.ts';
import type { Task } from '../../../../local/simulation/scenario/scenario.ts';
import { tryTask } from '../../../../local/simulation/trial/verdict.ts';

const FILE = 'functions/domain/steps/start.ts';
const mutant = { file: FILE, start: 5, end: 6, within: 'f' } as Mutant;

/** A simulation that ran through these stretches of the file. */
const measurement = (task: Task, ...blocks: [start: number, end: number][]): Measurement => ({
  task,
  verdict: {} as Measurement['verdict'],
  coverage: new Map([[FILE, blocks.map(([start, end]) => ({ start, end, count: 1 }))]]),
});

describe('the simulations that are tried on a mutant', () => {
  it('are those that reach it: the rare nights, and then those that run through what others rarely do', () => {
    const [night] = Object.values(rareNights);
    if (night === undefined) throw new Error('there are no rare nights');
    const all = [
      measurement(1, [0, 10]),
      measurement(2, [0, 10], [20, 30]),
      measurement(3, [20, 30], [40, 50]),
      measurement(night, [0, 10]),
    ];
    const tasks = reaching(all, raritiesOf(all), mutant).map(({ task }) => task);
    expect(tasks).toEqual([night, 2, 1]);
  });

  it('are few besides the seeds', () => {
    const corpus = corpusOf(10);
    expect(corpus).toEqual(expect.arrayContaining([...Object.values(rareNights), 1, 10]));
    expect(Object.keys(rareNights).length).toBeLessThan(25);
  });
});

it.each(Object.keys(rareNights))('no checker minds it when %s', async (name) => {
  const { complaints } = await tryTask(rareNights[name] as Task);
  expect(complaints).toEqual([]);
});

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
