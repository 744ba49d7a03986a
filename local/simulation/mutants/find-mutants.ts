import * as t from '@babel/types';
import { childrenOf, functionNameOf, lineAt, parseFile } from '../coverage/syntax.ts';
import type { Mutant } from './mutant.ts';
import { operators } from './operators.ts';

/**
 * All mutants of one file, in the order of their places. Types are left alone, and so is what only makes a text for people:
 * imports, template strings and the arguments of logs.
 * @param text the file's content, TypeScript
 */
export function findMutants(file: string, text: string): Mutant[] {
  const program = parseFile(text);
  const literals = [...textsIn(program)];
  const found: Omit<Mutant, 'ordinal'>[] = [];
  const visit = (node: t.Node, parents: t.Node[], within: string): void => {
    if (isLeftAlone(node, parents)) return;
    const name = functionNameOf(node, parents.at(-1)) ?? within;
    for (const { operator, changes } of operators) {
      for (const { start, end, replacement } of changes(node, { text, parents, literals })) {
        const before = text.slice(start, end);
        const line = lineAt(text, start);
        if (before !== replacement) found.push({ file, start, end, replacement, operator, line, before, within: name });
      }
    }
    for (const child of childrenOf(node)) visit(child, [...parents, node], name);
  };
  visit(program, [], '');
  return numbered(found.sort((a, b) => a.start - b.start || a.end - b.end));
}

function numbered(found: Omit<Mutant, 'ordinal'>[]): Mutant[] {
  const counts = new Map<string, number>();
  return found.map((mutant) => {
    const key = [mutant.within, mutant.operator, mutant.before, mutant.replacement].join(' | ');
    const ordinal = (counts.get(key) ?? 0) + 1;
    counts.set(key, ordinal);
    return { ...mutant, ordinal };
  });
}

const isLog = (node: t.Node): boolean =>
  t.isCallExpression(node) &&
  t.isMemberExpression(node.callee) &&
  t.isIdentifier(node.callee.object, { name: 'logger' });

/** What no simulation could mind: types, imports, and texts that only a person reads. */
function isLeftAlone(node: t.Node, parents: t.Node[]): boolean {
  if (t.isTypeScript(node) && !t.isTSAsExpression(node) && !t.isTSSatisfiesExpression(node)) return true;
  if (t.isImportDeclaration(node) || t.isTemplateLiteral(node)) return true;
  const isDescription =
    t.isCallExpression(node) &&
    t.isMemberExpression(node.callee) &&
    t.isIdentifier(node.callee.property, { name: 'describe' });
  return isLog(node) || (isDescription && parents.length === 0);
}

/** The string literals of a file: one put in another's place is a mistake that types often let through. */
function* textsIn(node: t.Node): Generator<string> {
  if (t.isTypeScript(node) || t.isImportDeclaration(node)) return;
  if (t.isStringLiteral(node)) yield node.value;
  for (const child of childrenOf(node)) yield* textsIn(child);
}
