import { findMutants } from '../../../../local/simulation/mutants/find-mutants.ts';
import { applyMutant, keyOf, type Mutant, sayMutant } from '../../../../local/simulation/mutants/mutant.ts';

const FILE = 'functions/domain/steps/example.ts';
const mutantsOf = (text: string): Mutant[] => findMutants(FILE, text);
const changed = (text: string, operator: string): string[] =>
  mutantsOf(text)
    .filter((mutant) => mutant.operator === operator)
    .map((mutant) => applyMutant(mutant, text));

describe('the mutants of a file', () => {
  it.each<[operator: string, text: string, mutants: string[]]>([
    ['sign', 'const f = (a) => a < 1;', ['const f = (a) => a <= 1;', 'const f = (a) => a > 1;']],
    ['sign', 'const f = (a) => a === b;', ['const f = (a) => a !== b;']],
    ['logic', 'const f = () => a && b;', ['const f = () => a;', 'const f = () => b;', 'const f = () => a || b;']],
    ['logic', 'const f = () => a ?? b;', ['const f = () => a;']],
    ['condition', 'if (a) b();', ['if (true) b();', 'if (false) b();']],
    ['not', 'const f = () => !a;', ['const f = () => a;']],
    ['boolean', 'const f = () => true;', ['const f = () => false;']],
    [
      'constant',
      'const A_SECONDS = 45 * 60;',
      [
        'const A_SECONDS = 46 * 60;',
        'const A_SECONDS = 180 * 60;',
        'const A_SECONDS = 45 * 61;',
        'const A_SECONDS = 45 * 240;',
      ],
    ],
    ['other literal', "f('stopped', 'running');", ["f('running', 'running');", "f('stopped', 'stopped');"]],
    ['null', 'const f = () => ({ a: b });', ['const f = () => ({ a: null });']],
    ['property left out', 'f({ a, ...b });', ['f({  ...b });', 'f({ a,  });']],
    ['statement left out', 'f();', [';;']],
    ['guard left out', 'function f() { if (a) return b; }', ['function f() { ; }']],
    ['other method', 'f(all.some(g));', ['f(all.every(g));']],
    ['call left out', 'f(all.filter(g));', ['f(all);']],
  ])('%s: %s', (operator, text, mutants) => {
    expect(changed(text, operator).map((one) => one.replace(/^;$/, ';;'))).toEqual(mutants);
  });

  it('leaves types, imports, logs and texts for people alone', () => {
    expect(mutantsOf("import { a } from './a.ts';")).toEqual([]);
    expect(mutantsOf("type A = 'a' | 'b'; interface B { c: true }")).toEqual([]);
    expect(mutantsOf("logger.info('done', { a: true });").map(({ operator }) => operator)).toEqual([
      'statement left out',
    ]);
    expect(mutantsOf('const f = (a) => `it is $' + '{a < 1}`;')).toEqual([]);
  });

  it('know no method that every object has', () => {
    expect(mutantsOf('f(a.toString, a.constructor);').map(({ operator }) => operator)).toEqual(['statement left out']);
  });

  it('are named by what they change, and not by their line', () => {
    const text = 'const f = (a) => a < 1;\nconst g = (a) => a < 1;';
    const [first] = mutantsOf(text);
    const [moved] = mutantsOf(`\n\n${text}`);
    expect(first && moved && keyOf(first) === keyOf(moved)).toBe(true);
    const keys = mutantsOf(text).map(keyOf);
    expect(new Set(keys).size).toBe(keys.length);
    expect(moved && sayMutant(moved)).toBe(`${FILE}:3 sign: < -> <=`);
  });
});
