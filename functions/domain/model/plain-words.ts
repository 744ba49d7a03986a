import type * as z from 'zod';

type Schema = z.core.$ZodTypes;

type Definition = Schema['_zod']['def'];

/** Parses what comes from outside. What does not fit is told in the schema's own words, or in those below. */
export const parsePlainly = <T extends z.ZodType>(schema: T, value: unknown): z.ZodSafeParseResult<z.output<T>> =>
  schema.safeParse(value, { error: sayWhatToGive });

/** One for each place that does not fit, such as `groups[0].name: give a text of 1 to 300 characters`. */
export const sentencesOf = ({ issues }: Pick<z.core.$ZodError, 'issues'>): string[] =>
  issues.map(({ path, message }) => (path.length === 0 ? message : `${sayPath(path)}: ${message}`));

const sayPath = (path: PropertyKey[]): string =>
  path
    .map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`))
    .join('')
    .replace(/^\./, '');

/** What the schema itself has no words for. */
function sayWhatToGive(issue: z.core.$ZodRawIssue): string {
  const schema = issue.schema as Schema | undefined;
  if (schema === undefined) return 'give another value';
  if (issue.code !== 'unrecognized_keys') return wordsOfPattern(schema) ?? `give ${describe(schema)}`;
  // The unknown ones come last: they may be long, and the message may be cut.
  const keys = (issue['keys'] as string[]).map((key) => `"${key}"`);
  return `only ${fieldsOf(schema._zod.def)} can be given here, not ${listed(keys, 'and')}`;
}

/** A text that has to match a pattern is asked for in the pattern's words, also where there is no text at all. */
const wordsOfPattern = ({ _zod: { def } }: Schema): string | undefined =>
  checksOf(def)
    .filter(({ check }) => check === 'string_format')
    .map(({ error }) => error?.({} as z.core.$ZodRawIssue))
    .find((words) => typeof words === 'string');

/** What fits a schema. */
function describe({ _zod: { def } }: Schema): string {
  switch (def.type) {
    case 'string':
      return describeText(checksOf(def));
    case 'number':
      return describeNumber(checksOf(def));
    case 'array':
      return ['a list', ...rangeOf(checksOf(def))].join(' of ');
    case 'boolean':
      return 'true or false';
    case 'enum':
      return listed(Object.values(def.entries).map(quoted), 'or');
    case 'literal':
      return listed(def.values.map(quoted), 'or');
    case 'union':
      return listed([...new Set(def.options.map((option) => describe(option as Schema)))], 'or');
    case 'object':
      return `an object with ${fieldsOf(def)}`;
    case 'record':
      return 'an object';
    default:
      return 'another value';
  }
}

function describeText(checks: CheckDefinition[]): string {
  if (checks.some(({ format }) => format === 'datetime')) return 'a time in UTC, such as 2026-12-06T06:00:00Z';
  const [pattern] = checks.flatMap((one) => one.pattern ?? []);
  if (pattern !== undefined) return `a text that matches ${pattern}`;
  return ['a text', ...rangeOf(checks).map((range) => `${range} characters`)].join(' of ');
}

function describeNumber(checks: CheckDefinition[]): string {
  const isWhole = checks.some(({ check }) => check === 'number_format');
  const limits = rangeOf(checks).map((range) => (range.startsWith('at') ? `of ${range}` : `from ${range}`));
  return [isWhole ? 'a whole number' : 'a number', ...limits].join(' ');
}

const quoted = (value: unknown): string => JSON.stringify(value);

const listed = (parts: string[], word: 'and' | 'or'): string =>
  parts.length < 2 ? parts.join('') : `${parts.slice(0, -1).join(', ')} ${word} ${parts.at(-1)}`;

const fieldsOf = (def: Definition): string => listed(def.type === 'object' ? Object.keys(def.shape) : [], 'and');

/** What any of zod's checks can say of itself: a pattern, the limits of lengths and numbers, and its own words. */
interface CheckDefinition {
  check?: string;
  format?: string;
  pattern?: RegExp;
  minimum?: number;
  maximum?: number;
  value?: unknown;
  error?: z.core.$ZodErrorMap;
}

/** A schema such as z.int() or z.iso.datetime() is a check of itself. */
const checksOf = (def: Definition): CheckDefinition[] => [
  def as CheckDefinition,
  ...(def.checks ?? []).map((check) => check._zod.def as CheckDefinition),
];

/** Such as `1 to 20`, `at least 1` or `at most 300`; none without limits. */
function rangeOf(checks: CheckDefinition[]): string[] {
  const min = checks.find(({ check }) => check === 'min_length' || check === 'greater_than');
  const max = checks.find(({ check }) => check === 'max_length' || check === 'less_than');
  const [least, most] = [min?.minimum ?? min?.value, max?.maximum ?? max?.value];
  if (min && max) return [`${least} to ${most}`];
  if (min) return [`at least ${least}`];
  return max ? [`at most ${most}`] : [];
}
