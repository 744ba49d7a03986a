import * as t from '@babel/types';
import { type Block, countAt } from './precise-coverage.ts';
import { childrenOf, functionNameOf, lineAt, parseFile, squeeze } from './syntax.ts';

/** One of the ways that a decision of the code can go. */
export interface Way {
  /** Relative to the project. */
  file: string;
  /** Counted from 1. */
  line: number;
  /** The function that it stands in; empty at the top of the file. */
  within: string;
  /** What is decided, and which way: `if (a) is false`. */
  what: string;
  /** Which of several that look alike in that function, counted from 1. */
  ordinal: number;
  /** How often it went this way, by the blocks of its file. */
  count(blocks: Block[]): number;
}

/** Names a way by what it is and not by its line, so that a judgement outlives changes elsewhere in the file. */
export const wayKey = ({ file, within, what, ordinal }: Way): string => [file, within, what, ordinal].join(' | ');

/** Both ways of each `if`, each `? :`, each `&&`, `||` and `??`, and each case of a `switch`. */
export function findWays(file: string, text: string): Way[] {
  const found: Omit<Way, 'ordinal'>[] = [];
  const visit = (node: t.Node, parent: t.Node | undefined, within: string): void => {
    if (t.isTypeScript(node) && !t.isTSAsExpression(node) && !t.isTSSatisfiesExpression(node)) return;
    const name = functionNameOf(node, parent) ?? within;
    const line = lineAt(text, node.start ?? 0);
    for (const { what, count } of waysOf(node, text)) found.push({ file, line, within: name, what, count });
    for (const child of childrenOf(node)) visit(child, node, name);
  };
  visit(parseFile(text), undefined, '');
  const counts = new Map<string, number>();
  return found.map((way) => {
    const key = `${way.within} | ${way.what}`;
    const ordinal = (counts.get(key) ?? 0) + 1;
    counts.set(key, ordinal);
    return { ...way, ordinal };
  });
}

type Ways = Pick<Way, 'what' | 'count'>[];

function waysOf(node: t.Node, text: string): Ways {
  const say = (one: t.Node) => squeeze(text.slice(one.start ?? 0, one.end ?? 0));
  if (t.isIfStatement(node) || t.isConditionalExpression(node)) {
    return twoWays(say(node.test), node.test, node.consequent, node.alternate ?? null);
  }
  if (t.isLogicalExpression(node)) {
    const { operator, left, right } = node;
    const [goesOn, ends] = operator === '&&' ? ['holds', 'fails'] : ['is not enough', 'is enough'];
    return [
      { what: `${say(left)} ${operator}: the left ${goesOn}`, count: (blocks) => at(blocks, right) },
      {
        what: `${say(left)} ${operator}: the left ${ends}`,
        count: (blocks) => Math.max(0, at(blocks, left) - at(blocks, right)),
      },
    ];
  }
  if (t.isSwitchCase(node) && node.consequent.length > 0) {
    const [first] = node.consequent;
    const what = node.test == null ? 'default' : `case ${say(node.test)}`;
    return first === undefined ? [] : [{ what, count: (blocks) => at(blocks, first) }];
  }
  return [];
}

function twoWays(what: string, test: t.Node, consequent: t.Node, alternate: t.Node | null): Ways {
  return [
    { what: `${what}: true`, count: (blocks) => at(blocks, consequent) },
    {
      what: `${what}: false`,
      count: (blocks) =>
        alternate === null ? Math.max(0, at(blocks, test) - at(blocks, consequent)) : at(blocks, alternate),
    },
  ];
}

/** A statement in braces is counted from its brace on, and one without from its first letter on. */
const at = (blocks: Block[], node: t.Node): number => countAt(blocks, node.start ?? 0);
