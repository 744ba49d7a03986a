import { arnPattern, type Matches, wildcard } from './patterns.ts';
import { PolicyError } from './policy-error.ts';

/** What a request says of itself: the values of a condition key, or nothing if it does not have the key. */
export type Context = (key: string) => readonly string[] | undefined;

/** Whether a condition holds for a request. */
export type Condition = (context: Context) => boolean;

type KeyType = 'text' | 'texts' | 'arn' | 'boolean';

/** The condition keys in use, and what each one holds. */
const KEYS: [RegExp, KeyType][] = [
  [/^aws:ResourceTag\/.+$/, 'text'],
  [/^aws:RequestTag\/.+$/, 'text'],
  [/^aws:TagKeys$/, 'texts'],
  [/^aws:SecureTransport$/, 'boolean'],
  [/^aws:SourceArn$/, 'arn'],
  [/^s3:prefix$/, 'text'],
  [/^events:source$/, 'texts'],
  [/^events:detail-type$/, 'text'],
  [/^kms:(GrantOperations|EncryptionContextKeys)$/, 'texts'],
  [/^kms:GrantIsForAWSResource$/, 'boolean'],
  [/^kms:ViaService$/, 'text'],
  [/^kms:EncryptionContext:.+$/, 'text'],
];

interface Operator {
  /** Of which keys: elsewhere IAM takes it, and it does not mean what it says. */
  types: KeyType[];
  /** @returns null if the operator takes no such value */
  compile(value: string): Matches | null;
  /** Of the key's values, and of a key that is missing. */
  holds(matches: Matches, values: readonly string[] | undefined): boolean;
}

const boolean = (value: string): Matches | null =>
  value === 'true' || value === 'false' ? (text) => text === value : null;

/** The one value of a key; a missing one equals nothing. */
const one: Operator['holds'] = (matches, values) => values?.some(matches) ?? false;

const OPERATORS: Record<string, Operator> = {
  StringEquals: { types: ['text'], compile: (value) => (text) => text === value, holds: one },
  StringLike: { types: ['text'], compile: (value) => wildcard(value), holds: one },
  ArnLike: { types: ['arn'], compile: arnPattern, holds: one },
  Bool: { types: ['boolean'], compile: boolean, holds: one },
  Null: {
    types: ['text', 'texts', 'arn', 'boolean'],
    compile: boolean,
    holds: (matches, values) => matches(String(values === undefined)),
  },
  // True of no values, too: a policy that wants some adds Null (docs/aws-behaviour.md 35).
  'ForAllValues:StringEquals': {
    types: ['texts'],
    compile: (value) => (text) => text === value,
    holds: (matches, values) => values === undefined || values.every(matches),
  },
};

/** A text or a list of texts. @throws PolicyError if it is neither, or has a policy variable in it */
export function textsOf(given: unknown, where: string): string[] {
  const texts: unknown[] = Array.isArray(given) ? given : [given];
  if (texts.length === 0) throw new PolicyError(`${where} is empty`);
  return texts.map((text) => {
    if (typeof text !== 'string') throw new PolicyError(`${where}: ${JSON.stringify(text)} is not a text`);
    if (text.includes('${')) throw new PolicyError(`${where}: "${text}" has a policy variable`);
    return text;
  });
}

/** @throws PolicyError, and says where, if it is not a mapping */
export function mappingOf(given: unknown, where: string): [string, unknown][] {
  if (typeof given === 'object' && given !== null && !Array.isArray(given)) return Object.entries(given);
  throw new PolicyError(`${where} is not a mapping`);
}

function compileKey([name, operator]: [string, Operator], [key, values]: [string, string[]], where: string): Condition {
  const type = KEYS.find(([pattern]) => pattern.test(key))?.[1];
  if (type === undefined) throw new PolicyError(`${where}: the condition key ${key} is unknown here`);
  if (!operator.types.includes(type)) throw new PolicyError(`${where}: ${name} is not for ${key}, which holds ${type}`);
  const alternatives = values.map((value) => {
    const compiled = operator.compile(value);
    if (compiled === null) throw new PolicyError(`${where}: ${name} does not take "${value}"`);
    return compiled;
  });
  const any: Matches = (text) => alternatives.some((matches) => matches(text));
  return (context) => operator.holds(any, context(key));
}

/**
 * Reads a statement's Condition: all operators and all keys must hold, of a key's values any.
 * @throws PolicyError for what it does not know
 */
export function compileConditions(given: unknown, where: string): Condition[] {
  return mappingOf(given, where).flatMap(([name, keys]) => {
    const operator = Object.hasOwn(OPERATORS, name) ? OPERATORS[name] : undefined;
    if (operator === undefined) throw new PolicyError(`${where}: the operator ${name} is unknown here`);
    return mappingOf(keys, `${where}.${name}`).map(([key, values]) =>
      compileKey([name, operator], [key, textsOf(values, `${where}.${name}.${key}`)], where),
    );
  });
}
