import * as t from '@babel/types';

/** A change of one place of a text. */
interface Change {
  start: number;
  end: number;
  replacement: string;
}

interface Surroundings {
  text: string;
  parents: t.Node[];
  /** The string literals of the file, in order, with repetitions. */
  literals: string[];
}

interface Operator {
  operator: string;
  changes(node: t.Node, around: Surroundings): Change[];
}

const placeOf = (node: t.Node): { start: number; end: number } => ({ start: node.start ?? 0, end: node.end ?? 0 });
const instead = (node: t.Node, replacement: string): Change => ({ ...placeOf(node), replacement });
const textOf = (node: t.Node, text: string): string => text.slice(node.start ?? 0, node.end ?? 0);

/** `a < b` with another sign. */
function withSign(node: t.BinaryExpression | t.LogicalExpression, text: string, sign: string): Change {
  const from = node.left.end ?? 0;
  const place = text.indexOf(node.operator, from);
  return { start: place, end: place + node.operator.length, replacement: sign };
}

const SIGNS: Record<string, string[]> = {
  '<': ['<=', '>'],
  '<=': ['<', '>'],
  '>': ['>=', '<'],
  '>=': ['>', '<'],
  '===': ['!=='],
  '!==': ['==='],
  '+': ['-'],
  '-': ['+'],
  '*': ['/'],
  '/': ['*'],
};

/** A Map, since an object has a `toString` of its own. */
const METHODS = new Map([
  ['some', 'every'],
  ['every', 'some'],
  ['min', 'max'],
  ['max', 'min'],
  ['find', 'findLast'],
  ['findLast', 'find'],
]);

/** Calls of arrays that can be left out, so that the array stays as it is. */
const DROPPED_CALLS = new Set(['filter', 'sort', 'slice', 'toSorted', 'reverse']);

/** Codes, states and keys, not sentences. */
const isCode = (literal: string): boolean => /^[\w:./-]+$/.test(literal);

const isOptional = (node: t.Node): boolean => t.isObjectProperty(node) && t.isIdentifier(node.key) && !node.computed;

/** What Stryker changes, and what it does not: constants, literals that change places, properties and statements left out. */
export const operators: readonly Operator[] = [
  {
    operator: 'sign',
    changes: (node, { text }) =>
      t.isBinaryExpression(node) ? (SIGNS[node.operator] ?? []).map((sign) => withSign(node, text, sign)) : [],
  },
  {
    operator: 'logic',
    changes: (node, { text }) => {
      if (!t.isLogicalExpression(node)) return [];
      const sides = [instead(node, textOf(node.left, text)), instead(node, textOf(node.right, text))];
      if (node.operator === '??') return sides.slice(0, 1);
      return [withSign(node, text, node.operator === '&&' ? '||' : '&&'), ...sides];
    },
  },
  {
    operator: 'condition',
    changes: (node) =>
      t.isIfStatement(node) || t.isConditionalExpression(node)
        ? [instead(node.test, 'true'), instead(node.test, 'false')]
        : [],
  },
  {
    operator: 'not',
    changes: (node, { text }) =>
      t.isUnaryExpression(node, { operator: '!' }) ? [instead(node, textOf(node.argument, text))] : [],
  },
  {
    operator: 'boolean',
    changes: (node) => (t.isBooleanLiteral(node) ? [instead(node, String(!node.value))] : []),
  },
  {
    operator: 'constant',
    changes: (node) =>
      t.isNumericLiteral(node) ? [node.value + 1, node.value * 4].map((value) => instead(node, String(value))) : [],
  },
  {
    operator: 'other literal',
    changes: (node, { literals }) => {
      if (!t.isStringLiteral(node) || !isCode(node.value)) return [];
      const others = literals.filter((literal) => literal !== node.value && isCode(literal));
      const next = others[literals.indexOf(node.value) % Math.max(1, others.length)];
      return next === undefined ? [] : [instead(node, JSON.stringify(next).replaceAll('"', "'"))];
    },
  },
  {
    operator: 'null',
    changes: (node, { parents }) => {
      const parent = parents.at(-1);
      const isInLiteral = t.isObjectProperty(parent) && parent.value === node && t.isObjectExpression(parents.at(-2));
      const isValue = t.isReturnStatement(parent) || isInLiteral;
      return isValue && !t.isNullLiteral(node) && t.isExpression(node) ? [instead(node, 'null')] : [];
    },
  },
  {
    operator: 'property left out',
    changes: (node, { parents, text }) => {
      const parent = parents.at(-1);
      if (!t.isObjectExpression(parent) || !(isOptional(node) || t.isSpreadElement(node))) return [];
      const { start, end } = placeOf(node);
      const comma = /^\s*,/.exec(text.slice(end))?.[0].length ?? 0;
      return [{ start, end: end + comma, replacement: '' }];
    },
  },
  {
    operator: 'statement left out',
    changes: (node) => (t.isExpressionStatement(node) ? [instead(node, ';')] : []),
  },
  {
    operator: 'guard left out',
    changes: (node) => {
      if (!t.isIfStatement(node) || node.alternate != null) return [];
      const body = t.isBlockStatement(node.consequent) ? node.consequent.body.at(-1) : node.consequent;
      const leaves = t.isReturnStatement(body) || t.isThrowStatement(body) || t.isContinueStatement(body);
      return leaves ? [instead(node, ';')] : [];
    },
  },
  {
    operator: 'other method',
    changes: (node) => {
      if (!t.isMemberExpression(node) || !t.isIdentifier(node.property)) return [];
      const other = METHODS.get(node.property.name);
      return other === undefined ? [] : [instead(node.property, other)];
    },
  },
  {
    operator: 'call left out',
    changes: (node, { text }) => {
      if (!t.isCallExpression(node) || !t.isMemberExpression(node.callee)) return [];
      const { property, object } = node.callee;
      const isDropped = t.isIdentifier(property) && DROPPED_CALLS.has(property.name);
      return isDropped ? [instead(node, textOf(object, text))] : [];
    },
  },
];
