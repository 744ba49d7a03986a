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
    expect(Object.keys(rareNights).length).toBeLessThan(20);
  });
});

it.each(Object.keys(rareNights))('no checker minds it when %s', async (name) => {
  const { complaints } = await tryTask(rareNights[name] as Task);
  expect(complaints).toEqual([]);
});
