import type { Template } from './template.ts';

/** What `!Ref` and `!GetAtt` stand for: texts, by logical ID or by `ID.Attribute`. */
export type Values = Record<string, string>;

/** `!Ref AWS::NoValue`: what has this value is left out. */
const NO_VALUE = Symbol('AWS::NoValue');

const PSEUDO_NO_VALUE = 'AWS::NoValue';

/** Resolves CloudFormation's functions in parts of a template, and refuses those that it doesn't know. */
export interface Resolver {
  /** @param where what an error names as the place. @throws for an unknown function or reference */
  resolve(value: unknown, where: string): unknown;
  /** The same, of what has to be a text or a number in the end. @throws if it is neither */
  resolveText(value: unknown, where: string): string;
  /** Whether a condition of the template holds. @throws for an unknown one */
  isTrue(condition: string, where: string): boolean;
  /** Whether the functions of a condition, or of a rule's assertion, come to true. @throws for an unknown function */
  holds(expression: unknown, where: string): boolean;
  /** What it has looked up so far: with the same values it would resolve everything alike. */
  asked: Values;
}

/** The one function that an object is, with its argument; null: it is a mapping like any other. */
function functionOf(value: object, where: string): [string, unknown] | null {
  const entries = Object.entries(value);
  const isFunction = ([name]: [string, unknown]) => name === 'Ref' || name.startsWith('Fn::');
  const found = entries.find(isFunction);
  if (found === undefined) return null;
  if (entries.length > 1) throw new Error(`template.yaml: ${where}: ${found[0]} has something beside it`);
  return found;
}

export function createResolver(template: Template, values: Values): Resolver {
  const asked: Values = {};
  const lookUp = (name: string, where: string): string => {
    const value = Object.hasOwn(values, name) ? values[name] : undefined;
    if (value === undefined) throw new Error(`template.yaml: ${where}: ${name} is not known`);
    asked[name] = value;
    return value;
  };

  const ref = (name: unknown, where: string): unknown => {
    if (name === PSEUDO_NO_VALUE) return NO_VALUE;
    const text = lookUp(String(name), where);
    const isList = template.Parameters[String(name)]?.Type === 'CommaDelimitedList';
    return isList ? text.split(',') : text;
  };

  const substitute = (text: unknown, where: string): string => {
    if (typeof text !== 'string') throw new Error(`template.yaml: ${where}: Fn::Sub takes only a text here`);
    return text.replace(/\$\{([^}]*)\}/g, (_, name: string) => lookUp(name, where));
  };

  const listOf = (given: unknown, where: string): unknown[] => {
    if (Array.isArray(given)) return given;
    throw new Error(`template.yaml: ${where} is not a list`);
  };

  const holds = (given: unknown, where: string): boolean => {
    const [[name, argument] = ['nothing', null]] = Object.entries(given as object);
    if (name === 'Condition') return isTrue(String(argument), where);
    if (name === 'Fn::Not') return !holds(listOf(argument, where)[0], where);
    if (name === 'Fn::And') return listOf(argument, where).every((one) => holds(one, where));
    if (name === 'Fn::Or') return listOf(argument, where).some((one) => holds(one, where));
    if (name === 'Fn::Contains') {
      const [texts, wanted] = listOf(argument, where).map((one) => resolve(one, where));
      return listOf(texts, where).includes(wanted);
    }
    if (name !== 'Fn::Equals') throw new Error(`template.yaml: ${where}: ${name} is not known in a condition`);
    const [left, right] = listOf(argument, where).map((one) => resolve(one, where));
    return left === right;
  };

  const isTrue = (condition: string, where: string): boolean => {
    if (Object.hasOwn(template.Conditions, condition)) return holds(template.Conditions[condition], condition);
    throw new Error(`template.yaml: ${where}: the condition ${condition} is not known`);
  };

  const call = (name: string, argument: unknown, where: string): unknown => {
    if (name === 'Ref') return ref(argument, where);
    if (name === 'Fn::GetAtt') return lookUp(listOf(argument, where).join('.'), where);
    if (name === 'Fn::Sub') return substitute(argument, where);
    if (name === 'Fn::Join') {
      const [separator, parts] = listOf(argument, where);
      return listOf(resolve(parts, where), where).join(String(separator));
    }
    if (name !== 'Fn::If') throw new Error(`template.yaml: ${where}: ${name} is not known here`);
    const [condition, then, otherwise] = listOf(argument, where);
    return resolve(isTrue(String(condition), where) ? then : otherwise, where);
  };

  const resolve = (value: unknown, where: string): unknown => {
    if (Array.isArray(value)) return value.map((one) => resolve(one, where)).filter((one) => one !== NO_VALUE);
    if (typeof value !== 'object' || value === null) return value;
    const found = functionOf(value, where);
    if (found !== null) return call(found[0], found[1], where);
    const fields = Object.entries(value).map(([name, inner]) => [name, resolve(inner, where)]);
    return Object.fromEntries(fields.filter(([, inner]) => inner !== NO_VALUE));
  };

  const resolveText = (value: unknown, where: string): string => {
    const resolved = resolve(value, where);
    if (typeof resolved === 'string' || typeof resolved === 'number') return String(resolved);
    throw new Error(`template.yaml: ${where} is no text: ${JSON.stringify(value)}`);
  };

  return { resolve, resolveText, isTrue, holds, asked };
}
