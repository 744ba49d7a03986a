import { parse } from '@babel/parser';
import * as t from '@babel/types';

/** The syntax tree of a TypeScript file. */
export const parseFile = (text: string): t.Program =>
  parse(text, { sourceType: 'module', plugins: ['typescript'] }).program;

/** The nodes right below a node, in order. */
export function childrenOf(node: t.Node): t.Node[] {
  const keys = t.VISITOR_KEYS[node.type] ?? [];
  return keys.flatMap((key) => {
    const value = (node as unknown as Record<string, t.Node | (t.Node | null)[] | null | undefined>)[key];
    return [value].flat().filter((child): child is t.Node => child != null);
  });
}

/** The name of a function, where a node is one that has a name. */
export function functionNameOf(node: t.Node, parent: t.Node | undefined): string | null {
  if (t.isFunctionDeclaration(node)) return node.id?.name ?? null;
  if (t.isObjectMethod(node) && t.isIdentifier(node.key)) return node.key.name;
  if (!t.isArrowFunctionExpression(node) && !t.isFunctionExpression(node)) return null;
  return t.isVariableDeclarator(parent) && t.isIdentifier(parent.id) ? parent.id.name : null;
}

/** The line of a place, counted from 1. */
export const lineAt = (text: string, place: number): number => text.slice(0, place).split('\n').length;

const TEXT_LENGTH_MAX = 120;

/** A piece of code on one line, and not too long. */
export function squeeze(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  return line.length <= TEXT_LENGTH_MAX ? line : `${line.slice(0, TEXT_LENGTH_MAX - 1)}…`;
}
