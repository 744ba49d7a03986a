import { type Policy, parsePolicy } from './account/iam/policy.ts';
import { createResolver, type Values } from './intrinsics.ts';
import type { References, Resource, Template } from './template.ts';

/** Where a template is deployed. */
export interface Place {
  account: string;
  region: string;
  stack: string;
}

/** The types of resources that have a role of their own. */
const WITH_ROLE = new Set(['AWS::Serverless::Function', 'AWS::Serverless::StateMachine']);

/** What the resources in use are called once they are deployed: their `!Ref` and `!GetAtt`. */
const NAMES: Record<string, (logicalId: string, known: Values, name: () => string) => Values> = {
  'AWS::Serverless::Function': (id, known) => ({
    [id]: id,
    [`${id}.Arn`]: `arn:aws:lambda:${known['AWS::Region']}:${known['AWS::AccountId']}:function:${id}`,
  }),
  'AWS::Serverless::StateMachine': (id, known, name) => {
    const arn = `arn:aws:states:${known['AWS::Region']}:${known['AWS::AccountId']}:stateMachine:${name()}`;
    return { [id]: arn, [`${id}.Arn`]: arn, [`${id}.Name`]: name() };
  },
  'AWS::S3::Bucket': (id, known) => ({ [`${id}.Arn`]: `arn:aws:s3:::${known[id]}` }),
};

/** Everything that policies may refer to, as texts. */
function valuesOf(template: Template, references: References, { account, region, stack }: Place): Values {
  const known: Values = {
    ...references,
    'AWS::Partition': 'aws',
    'AWS::Region': region,
    'AWS::AccountId': account,
    'AWS::StackName': stack,
  };
  for (const [id, { Type, Properties }] of Object.entries(template.Resources)) {
    const name = () => String(createResolver(template, known).resolve(Properties['Name'], `${id}.Name`));
    Object.assign(known, NAMES[Type]?.(id, known, name));
  }
  return known;
}

/** @throws for a role that is given in another way than by policies of its own, which nobody here could judge */
function documentsOf({ Properties }: Resource, logicalId: string): unknown[] {
  if ('Role' in Properties) throw new Error(`template.yaml: ${logicalId}.Role: only Policies can be judged here`);
  const policies = Properties['Policies'] ?? [];
  return Array.isArray(policies) ? policies : [policies];
}

const compiled = new WeakMap<Template, Map<string, ReadonlyMap<string, Policy>>>();

/**
 * The roles of a template's functions and state machines, by logical ID; read once for each deployment that is alike.
 * AWS's managed policies for logs and traces, which SAM adds, are not in them.
 * @throws Error or PolicyError for what is not known here
 */
export function rolesOf(template: Template, references: References, place: Place): ReadonlyMap<string, Policy> {
  const ofTemplate = compiled.get(template) ?? new Map<string, ReadonlyMap<string, Policy>>();
  compiled.set(template, ofTemplate);
  const key = JSON.stringify([references, place]);
  const found = ofTemplate.get(key);
  if (found !== undefined) return found;
  const { resolve } = createResolver(template, valuesOf(template, references, place));
  const roles = new Map(
    Object.entries(template.Resources)
      .filter(([, { Type }]) => WITH_ROLE.has(Type))
      .map(([logicalId, resource]): [string, Policy] => {
        const documents = documentsOf(resource, logicalId).map((one) => resolve(one, logicalId));
        return [logicalId, parsePolicy(documents, logicalId)];
      }),
  );
  ofTemplate.set(key, roles);
  return roles;
}
