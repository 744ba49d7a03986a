import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { BadInput } from '../base/bad-input.ts';
import { environmentOf } from '../deployment/environment.ts';
import { type References, readTemplate, type Template } from '../deployment/template.ts';

/** A function as `sam build` has made it. */
export interface BuiltFunction {
  logicalId: string;
  /** The folder that is /var/task in Lambda. */
  folder: string;
  file: string;
  handlerName: string;
  /** `module.export`, as Lambda names it. */
  handler: string;
  timeoutSeconds: number;
  environment: Record<string, string>;
}

interface FunctionProperties {
  CodeUri?: string;
  Handler?: string;
  Timeout?: number;
}

/** The functions of a built template. @param folder where its bundles are */
export function builtFunctions(template: Template, folder: string, references: References): BuiltFunction[] {
  const globals: FunctionProperties = template.Globals.Function;
  return Object.entries(template.Resources)
    .filter(([, { Type }]) => Type === 'AWS::Serverless::Function')
    .map(([logicalId, { Properties }]) => {
      const { CodeUri = '', Handler = '', Timeout = 3 }: FunctionProperties = { ...globals, ...Properties };
      const [module = '', handlerName = ''] = Handler.split('.');
      return {
        logicalId,
        folder: join(folder, CodeUri),
        file: join(folder, CodeUri, `${module}.mjs`),
        handlerName,
        handler: Handler,
        timeoutSeconds: Timeout,
        environment: environmentOf(template, logicalId, references),
      };
    });
}

/** @throws BadInput if nothing has been built */
export function readBuiltTemplate(folder: string): Template {
  const path = join(folder, 'template.yaml');
  if (!existsSync(path)) throw new BadInput(`${path} is missing: type "npm run build" first`);
  return readTemplate(path);
}

/** What Lambda itself would give a function, with the account instead of AWS. The key tells the caller. */
export const lambdaEnvironment = (
  { logicalId, timeoutSeconds, environment }: BuiltFunction,
  region: string,
  endpointUrl: string,
): Record<string, string> => ({
  ...environment,
  AWS_ENDPOINT_URL: endpointUrl,
  AWS_REGION: region,
  AWS_ACCESS_KEY_ID: logicalId,
  AWS_SECRET_ACCESS_KEY: 'none',
  // What a developer has configured for real accounts is no business of a function.
  AWS_CONFIG_FILE: '/dev/null',
  AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
  AWS_LAMBDA_FUNCTION_NAME: logicalId,
  AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
  AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '512',
  AWS_LAMBDA_FUNCTION_TIMEOUT: String(timeoutSeconds),
});
