import * as z from 'zod';
import { readTemplate } from '../deployment/template.ts';

const parameterSchema = z.object({
  Type: z.string(),
  AllowedValues: z.array(z.union([z.string(), z.number()])).optional(),
  AllowedPattern: z.string().optional(),
  MinValue: z.number().optional(),
  MaxValue: z.number().optional(),
});

/** What commands about a deployment are held to. */
export interface TemplateFacts {
  /** Logical IDs. */
  functions: Set<string>;
  /** What is wrong with NAME=VALUE, a parameter that a deployment gives. */
  judgeOverride(override: string): string[];
}

export function templateFacts(): TemplateFacts {
  const { Parameters, Resources } = readTemplate();
  const functions = Object.entries(Resources).filter(([, { Type }]) => Type === 'AWS::Serverless::Function');
  return {
    functions: new Set(functions.map(([logicalId]) => logicalId)),
    judgeOverride(override) {
      const [name = '', value = ''] = override.split('=');
      if (!Object.hasOwn(Parameters, name)) return [`template.yaml has no parameter ${name}`];
      const isTaken = takes(parameterSchema.parse(Parameters[name]), value);
      return isTaken ? [] : [`template.yaml does not take "${value}" for ${name}`];
    },
  };
}

function takes(parameter: z.infer<typeof parameterSchema>, value: string): boolean {
  const { Type, AllowedValues, AllowedPattern, MinValue = -Infinity, MaxValue = Infinity } = parameter;
  if (AllowedValues !== undefined && !AllowedValues.map(String).includes(value)) return false;
  if (Type === 'Number') return Number(value) >= MinValue && Number(value) <= MaxValue;
  const values = Type === 'CommaDelimitedList' ? value.split(',') : [value];
  return AllowedPattern === undefined || values.every((one) => new RegExp(AllowedPattern).test(one));
}
