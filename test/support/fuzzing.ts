import fc from 'fast-check';
import { UNTRUSTED_TEXTS } from './untrusted.ts';

/** Whatever JSON can carry, and the texts that break things. */
export const anyText = fc.oneof(fc.string(), fc.string({ unit: 'binary' }), fc.constantFrom(...UNTRUSTED_TEXTS));
export const anyJson: fc.Arbitrary<unknown> = fc.oneof(
  fc.jsonValue(),
  anyText,
  fc.array(anyText, { maxLength: 30 }),
  fc.dictionary(anyText, fc.jsonValue(), { maxKeys: 5 }),
  fc.constant(JSON.parse('{"__proto__":{"kind":"run"},"constructor":{"prototype":{}}}')),
);

/** A proper document with one or two of its fields replaced, or left out, or with one that is unknown. */
export const spoilt = (document: object): fc.Arbitrary<Record<string, unknown>> => {
  const fields = fc.constantFrom(...Object.keys(document));
  const change = fc.oneof(
    fc.tuple(fields, anyJson),
    fc.tuple(fields, fc.constant(undefined)),
    fc.tuple(anyText, anyJson),
  );
  return fc
    .array(change, { minLength: 1, maxLength: 2 })
    .map((changes) => JSON.parse(JSON.stringify({ ...document, ...Object.fromEntries(changes) })));
};

interface Recorded {
  calls(): { args: unknown[] }[];
}
const nameOf = (command: unknown): string => (command as object).constructor.name.replace(/Command$/, '');

/** All calls to these clients that change anything. */
export const writesTo = (...mocks: Recorded[]): string[] =>
  mocks
    .flatMap((mock) => mock.calls())
    .map(({ args: [command] }) => nameOf(command))
    .filter((name) => !/^(Describe|List|Get)/.test(name));

export interface Thrown {
  name: string;
  message: string;
}

/** What a call throws; null if it does not. */
export const thrownBy = async (call: () => unknown): Promise<Thrown | null> => {
  try {
    await call();
    return null;
  } catch (error) {
    const { name, message } = error as Error;
    return { name, message };
  }
};

/** A message for a person: bounded, in half characters, and without control characters but line breaks. */
export function expectReadable({ message }: Thrown): void {
  expect(message.length).toBeLessThanOrEqual(2100);
  expect(message.replaceAll('\n', '')).not.toMatch(/\p{C}/u);
}

/** Fewer where each one calls functions. */
export const RUNS = { numRuns: 200 };
