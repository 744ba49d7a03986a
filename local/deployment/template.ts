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

const NAMES = [
  'Sub',
  'GetAtt',
  'Join',
  'If',
  'Not',
  'Equals',
  'And',
  'Or',
  'Contains',
  'Select',
  'Split',
  'Condition',
  'Ref',
];

const tags = NAMES.flatMap((name) => {
  const key = name === 'Ref' || name === 'Condition' ? name : `Fn::${name}`;
  return [scalarTag(`!${name}`, key), collectionTag(`!${name}`, key, 'seq'), collectionTag(`!${name}`, key, 'map')];
});

export interface Resource {
  Type: string;
  /** It is made only if this one holds. */
  Condition?: string;
  Properties: Record<string, unknown>;
}

/** What has to hold before anything is deployed. */
export interface Rule {
  Assertions: { Assert: object; AssertDescription: string }[];
}

export interface Template {
  Parameters: Record<string, { Type: string; Default?: string | number }>;
  Rules: Record<string, Rule>;
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
