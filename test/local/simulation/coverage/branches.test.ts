import { findWays, wayKey } from '../../../../local/simulation/coverage/branches.ts';
import type { Block } from '../../../../local/simulation/coverage/precise-coverage.ts';

const FILE = 'functions/domain/steps/example.ts';

/** Counts by what stands at a place: each text is one block, the whole file was run through ten times. */
function tally(text: string, counts: Record<string, number>): Record<string, number> {
  const blocks: Block[] = [{ start: 0, end: text.length, count: 10 }];
  for (const [piece, count] of Object.entries(counts)) {
    const start = text.indexOf(piece);
    blocks.push({ start, end: start + piece.length, count });
  }
  return Object.fromEntries(findWays(FILE, text).map((way) => [way.what, way.count(blocks)]));
}

describe('the ways of a decision', () => {
  it('are both arms of an if', () => {
    expect(tally('if (a) { b(); } else { c(); }', { '{ b(); }': 3, '{ c(); }': 7 })).toEqual({
      'a: true': 3,
      'a: false': 7,
    });
  });

  it('are entering and passing an if without an else', () => {
    expect(tally('function f() { if (a) return; }', { 'return;': 3 })).toEqual({ 'a: true': 3, 'a: false': 7 });
  });

  it('are both values of a choice', () => {
    expect(tally('f(a ? b : c);', { b: 4, c: 6 })).toEqual({ 'a: true': 4, 'a: false': 6 });
  });

  it('are going on and ending at a sign', () => {
    expect(tally('f(a && b);', { b: 2 })).toEqual({ 'a &&: the left holds': 2, 'a &&: the left fails': 8 });
    expect(tally('f(a ?? b);', { b: 2 })).toEqual({
      'a ??: the left is not enough': 2,
      'a ??: the left is enough': 8,
    });
  });

  it('are the cases of a switch', () => {
    expect(tally("switch (a) { case 'x': b(); break; default: c(); }", { 'b();': 1, 'c();': 9 })).toEqual({
      "case 'x'": 1,
      default: 9,
    });
  });

  it('are named by what they are, and not by their line', () => {
    const text = 'const f = () => (a ? b : c);';
    const names = (source: string) => findWays(FILE, source).map(wayKey);
    expect(names(`\n${text}`)).toEqual(names(text));
    expect(names(text)).toEqual([`${FILE} | f | a: true | 1`, `${FILE} | f | a: false | 1`]);
  });
});
