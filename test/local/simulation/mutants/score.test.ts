import {
  printMutants,
  scoreOf,
  type Tried,
  toMutantsMarkdown,
} from '../../../../local/simulation/command/print-mutants.ts';
import type { Mutant } from '../../../../local/simulation/mutants/mutant.ts';
import type { Fate } from '../../../../local/simulation/mutants/try-mutant.ts';

const mutant = (file: string): Mutant => ({
  file,
  start: 0,
  end: 1,
  replacement: '<=',
  operator: 'sign',
  line: 7,
  before: '<',
  within: 'f',
  ordinal: 1,
});
const tried = (fate: Fate, judged: Tried['judged'] = null, file = 'functions/domain/steps/start.ts'): Tried => ({
  mutant: mutant(file),
  fate,
  judged,
});
const NOTICED: Fate = { fate: 'noticed', by: 'as-it-was', seed: 3, text: 'it runs' };
const UNMINDED: Fate = { fate: 'unminded', seed: 4 };
const EQUIVALENT = {
  mutant: 'a mutant',
  verdict: 'equivalent',
  why: 'the list is never empty where this is asked',
} as const;

describe('the score', () => {
  it('counts what is reached and not equivalent', () => {
    const all = [
      tried(NOTICED),
      tried(UNMINDED),
      tried({ fate: 'unchanged' }, EQUIVALENT),
      tried({ fate: 'unreached' }),
    ];
    expect(scoreOf(all)).toEqual({ counted: 2, noticed: 1, unminded: 1, unchanged: 1, unreached: 1, equivalent: 1 });
    expect(printMutants(all)).toContain('noticed: 1 of 2');
  });

  it('believes a checker more than a judgement', () => {
    expect(scoreOf([tried(NOTICED, EQUIVALENT)])).toMatchObject({ counted: 1, noticed: 1, equivalent: 0 });
  });

  it('is told by file, with each survivor and why it survives', () => {
    const text = toMutantsMarkdown([
      tried(NOTICED),
      tried(UNMINDED, { ...EQUIVALENT, verdict: 'accepted' }, 'functions/aws/bucket.ts'),
    ]);
    expect(text).toContain('| functions/domain/steps/start.ts | 1 of 1 | 100 % | 0 | 0 | 0 |');
    expect(text).toContain('| functions/aws/bucket.ts | 0 of 1 | 0 % | 1 | 0 | 0 |');
    expect(text).toContain('| **all** | 1 of 2 | 50 % | 1 | 0 | 0 |');
    expect(text).toContain('accepted: the list is never empty');
  });
});
