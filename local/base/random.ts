/** A stream of numbers in [0, 1). */
export interface Random {
  next(): number;
  between(range: readonly [number, number]): number;
  integer(range: readonly [number, number]): number;
}

/** FNV-1a, 32 bits: spreads a label over the seeds. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) {
    value = Math.imul(value ^ text.charCodeAt(index), 0x01000193);
  }
  return value >>> 0;
}

/**
 * A stream of its own for each label, drawn from one seed (mulberry32): what one instance draws never depends on how
 * often another was asked, so the order of calls changes nothing.
 */
export function createRandom(seed: number, ...labels: (string | number)[]): Random {
  let state = hash(`${seed}/${labels.join('/')}`);
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
  const between = ([low, high]: readonly [number, number]) => low + next() * (high - low);
  return { next, between, integer: ([low, high]) => Math.floor(between([low, high + 1])) };
}

const DIGITS = '0123456789abcdef';

/** An identifier in the shape of a UUID, from a stream. */
export function randomUuid(random: Random): string {
  let hex = '';
  for (let length = 0; length < 32; length++) hex += DIGITS[Math.floor(random.next() * 16)];
  return [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(13, 16)}`, `a${hex.slice(17, 20)}`, hex.slice(20)].join('-');
}
