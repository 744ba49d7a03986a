import { functionFactories } from '../../../local/deployment/deploy.ts';
import { readTemplate } from '../../../local/deployment/template.ts';
import { aRuntime } from '../../support/functions.ts';

interface Bounded {
  Type: string;
  MinValue?: number;
  MaxValue?: number;
  AllowedValues?: number[];
}

/** The least and the greatest that a deployment may choose. */
const boundsOf = ({ Type, MinValue, MaxValue, AllowedValues = [] }: Bounded) =>
  Type === 'Number'
    ? { MinValue: MinValue ?? Math.min(...AllowedValues), MaxValue: MaxValue ?? Math.max(...AllowedValues) }
    : null;

const { Parameters: parameters, Resources: resources } = readTemplate();

/** Each environment variable of a function that is a number parameter of template.yaml, with that parameter. */
const numbers = Object.entries(functionFactories).flatMap(([logicalId, create]) => {
  const { Environment } = (resources[logicalId]?.Properties ?? {}) as { Environment?: { Variables?: object } };
  return Object.entries(Environment?.Variables ?? {}).flatMap(([variable, value]: [string, { Ref?: string }]) => {
    const parameter = value.Ref ?? '';
    const declared = parameters[parameter] as Bounded | undefined;
    const bounds = declared === undefined ? null : boundsOf(declared);
    return bounds === null ? [] : [{ logicalId, create, variable, parameter, bounds }];
  });
});

describe('a number that a deployment chooses', () => {
  const accepts = ({ create, variable }: (typeof numbers)[number], value: number): boolean => {
    try {
      // A window has to hold the time to restore, so the one is tried with the shortest of the other.
      const others = { WINDOW_SECONDS: '14400', RESTORE_DEADLINE_SECONDS: '300' };
      create(aRuntime('02:00', { ...others, [variable]: String(value) }));
      return true;
    } catch (error) {
      expect(error).toMatchObject({ name: 'InvalidEnvironment', message: expect.stringContaining(variable) });
      return false;
    }
  };
  const named = numbers.map((one) => [one.logicalId, one.variable, one] as const);

  it('is known to the functions', () => {
    const names = new Set(numbers.map(({ parameter }) => parameter));
    expect([...names].sort()).toEqual([
      'BatchSize',
      'ListingsMax',
      'ReadinessDeadlineSeconds',
      'RestoreDeadlineSeconds',
      'StartDeadlineSeconds',
      'UpdateDeadlineSeconds',
      'VerifyDeadlineSeconds',
      'WindowSeconds',
    ]);
  });

  it.each(named)('has the same bounds in template.yaml and in %s: %s', (_id, _variable, number) => {
    const { MinValue, MaxValue } = number.bounds;
    expect([MinValue, MaxValue].map((value) => accepts(number, value))).toEqual([true, true]);
    expect(accepts(number, MaxValue + 1)).toBe(false);
    // Small batches do no harm but to the time that a large run takes: the simulation cuts runs into some.
    expect(accepts(number, MinValue - 1)).toBe(number.parameter === 'BatchSize');
  });
});
