/** How IAM compares texts with what a policy says. Patterns are compiled once, when a policy is read. */
export type Matches = (text: string) => boolean;

const ARN_PARTS = 6;

const toRegExp = (pattern: string, any: string): string =>
  pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', `${any}*`)
    .replaceAll('?', any);

/** With * and ?, of any characters. */
export function wildcard(pattern: string, flags = ''): Matches {
  if (!/[*?]/.test(pattern) && flags === '') return (text) => text === pattern;
  const compiled = new RegExp(`^${toRegExp(pattern, '.')}$`, `s${flags}`);
  return (text) => compiled.test(text);
}

/**
 * An ARN with wildcards: each of its six parts by itself, so that none reaches beyond its colon.
 * @returns null if it is no ARN
 */
export function arnPattern(pattern: string): Matches | null {
  const parts = pattern.split(':');
  if (parts[0] !== 'arn' || parts.length < ARN_PARTS) return null;
  const heads = parts.slice(0, ARN_PARTS - 1).map((part) => toRegExp(part, '[^:]'));
  const resource = toRegExp(parts.slice(ARN_PARTS - 1).join(':'), '.');
  const compiled = new RegExp(`^${heads.join(':')}:${resource}$`, 's');
  return (text) => compiled.test(text);
}
