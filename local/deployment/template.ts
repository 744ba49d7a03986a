import { readFileSync } from 'node:fs';
import { type CollectionTag, parse, type ScalarTag } from 'yaml';

/** CloudFormation's short forms, read as their long ones. */
const scalarTag = (tag: string, key: string): ScalarTag => ({
  tag,
  resolve: (text) => ({ [key]: key === 'Fn::GetAtt' ? text.split('.') : text }),
});

const collectionTag = (tag: string, key: string, collection: 'seq' | 'map'): CollectionTag => ({
  tag,
  collection,
  resolve: (node) => ({ [key]: node.toJSON() }),
});

const NAMES = ['Sub', 'GetAtt', 'Join', 'If', 'Not', 'Equals', 'And', 'Or', 'Select', 'Split', 'Condition', 'Ref'];

const tags = NAMES.flatMap((name) => {
  const key = name === 'Ref' || name === 'Condition' ? name : `Fn::${name}`;
  return [scalarTag(`!${name}`, key), collectionTag(`!${name}`, key, 'seq'), collectionTag(`!${name}`, key, 'map')];
});

export interface Resource {
  Type: string;
  Properties: Record<string, unknown>;
}

export interface Template {
  Parameters: Record<string, { Type: string; Default?: string | number }>;
  Conditions: Record<string, unknown>;
  Globals: { Function: { Timeout: number; Environment: { Variables: Record<string, unknown> } } };
  Resources: Record<string, Resource>;
}

export const templatePath = new URL('../../template.yaml', import.meta.url);

/** Reads template.yaml, with CloudFormation's short forms as their long ones. */
export function readTemplate(path: URL | string = templatePath): Template {
  return parse(readFileSync(path, 'utf8'), { customTags: tags, merge: true }) as Template;
}

/** What `!Ref` stands for: parameters and resources, by logical ID. */
export type References = Record<string, string>;

/** The parameters' defaults, with what a deployment gives instead of them. */
export function resolveParameters({ Parameters }: Template, given: References): References {
  const defaults = Object.entries(Parameters).map(([name, { Default }]): [string, string] => [
    name,
    String(Default ?? ''),
  ]);
  return { ...Object.fromEntries(defaults), ...given };
}

/** The value of an environment variable: a text, with references in it or not, `!Ref` of something, or a joined list parameter. */
export function resolveValue(value: unknown, references: References, variable: string): string {
  if (typeof value === 'string' || typeof value === 'number') return String(value);
  const {
    Ref,
    'Fn::Join': join,
    'Fn::Sub': text,
  } = value as { Ref?: string; 'Fn::Join'?: [string, unknown]; 'Fn::Sub'?: string };
  if (text !== undefined) {
    return text.replace(/\$\{([\w:]+)\}/g, (_, name: string) => resolveValue({ Ref: name }, references, variable));
  }
  if (Ref !== undefined && Object.hasOwn(references, Ref)) return references[Ref] as string;
  // A list parameter is written with commas already.
  if (join !== undefined && join[0] === ',') return resolveValue(join[1], references, variable);
  throw new Error(`template.yaml: ${variable} is neither a text nor a known reference: ${JSON.stringify(value)}`);
}

/** The environment that a function is deployed with. */
export function environmentOf(template: Template, logicalId: string, references: References): Record<string, string> {
  const own = (template.Resources[logicalId]?.Properties['Environment'] ?? {}) as {
    Variables?: Record<string, unknown>;
  };
  const variables = { ...template.Globals.Function.Environment.Variables, ...own.Variables };
  return Object.fromEntries(
    Object.entries(variables).map(([name, value]) => [name, resolveValue(value, references, `${logicalId}.${name}`)]),
  );
}
