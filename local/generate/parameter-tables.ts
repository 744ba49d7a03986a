import * as z from 'zod';
import { readTemplate } from '../deployment/template.ts';

const parameterSchema = z.object({
  Description: z.string(),
  Default: z.union([z.string(), z.number()]).optional(),
  AllowedValues: z.array(z.union([z.string(), z.number()])).optional(),
  MinValue: z.number().optional(),
  MaxValue: z.number().optional(),
  MinLength: z.number().optional(),
  MaxLength: z.number().optional(),
  ConstraintDescription: z.string().optional(),
});
type Parameter = z.infer<typeof parameterSchema>;

const templateSchema = z.object({
  Parameters: z.record(z.string(), parameterSchema),
  Metadata: z.object({
    'AWS::CloudFormation::Interface': z.object({
      ParameterGroups: z.array(z.object({ Label: z.object({ default: z.string() }), Parameters: z.array(z.string()) })),
    }),
  }),
});

/** The tables of the parameters of template.yaml: one for each group of its Metadata, by their heads. */
export function parameterTables(): Map<string, string> {
  const { Parameters, Metadata } = templateSchema.parse(readTemplate());
  return new Map(
    Metadata['AWS::CloudFormation::Interface'].ParameterGroups.map(({ Label, Parameters: names }) => [
      `| ${Label.default} | default | allowed | |\n| --- | --- | --- | --- |\n`,
      names.map((name) => rowOf(name, Parameters[name])).join('\n'),
    ]),
  );
}

function rowOf(name: string, parameter: Parameter | undefined): string {
  if (parameter === undefined) throw new Error(`template.yaml: Metadata names ${name}, which is no parameter`);
  return `| \`${name}\` | ${defaultOf(parameter)} | ${allowedBy(name, parameter)} | ${parameter.Description} |`;
}

const code = (value: string | number): string => `\`${value}\``;

function defaultOf({ Default }: Parameter): string {
  if (Default === undefined) return '**none: you have to give it**';
  return Default === '' ? 'empty' : code(Default);
}

/** @throws if the parameter takes anything, which none here does */
function allowedBy(name: string, parameter: Parameter): string {
  const { AllowedValues, MinValue, MaxValue, MinLength, MaxLength, ConstraintDescription } = parameter;
  if (AllowedValues !== undefined) return AllowedValues.map(code).join(', ');
  if (MinValue !== undefined && MaxValue !== undefined) return `${MinValue} to ${MaxValue}`;
  if (MinLength !== undefined && MaxLength !== undefined) return `${MinLength} to ${MaxLength} characters`;
  if (ConstraintDescription !== undefined) return ConstraintDescription;
  throw new Error(`template.yaml: ${name} says nothing of what it allows`);
}
