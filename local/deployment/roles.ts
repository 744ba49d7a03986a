import { type Policy, parsePolicy } from '../account/iam/policy.ts';
import { createResolver, type Values } from './intrinsics.ts';
import type { References, Resource, Template } from './template.ts';

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
function valuesOf(template: Template, references: References): Values {
  const known: Values = { ...references };
  for (const [id, { Type, Properties }] of Object.entries(template.Resources)) {
    const name = () => createResolver(template, known).resolveText(Properties['Name'], `${id}.Name`);
    Object.assign(known, NAMES[Type]?.(id, known, name));
  }
  return known;
}

/** @throws for a role that is given in another way than by policies of its own, which could not be judged here */
function documentsOf({ Properties }: Resource, logicalId: string): unknown[] {
  if ('Role' in Properties) throw new Error(`template.yaml: ${logicalId}.Role: only Policies can be judged here`);
  const policies = Properties['Policies'] ?? [];
  return Array.isArray(policies) ? policies : [policies];
}

const withRole = ({ Resources }: Template): [string, Resource][] =>
  Object.entries(Resources).filter(([, { Type }]) => WITH_ROLE.has(Type));

/** A statement of a role as template.yaml has it, with its references resolved. */
export interface RoleStatement {
  Sid: string;
  Action: string | string[];
  Resource: string | string[];
  Condition?: unknown;
}

/** What the roles of a template say, for people: their statements, by logical ID. */
export function statementsOf(template: Template, references: References): Map<string, RoleStatement[]> {
  const { resolve } = createResolver(template, valuesOf(template, references));
  return new Map(
    withRole(template).map(([logicalId, resource]) => [
      logicalId,
      documentsOf(resource, logicalId).flatMap(
        (one) => (resolve(one, logicalId) as { Statement: RoleStatement[] }).Statement,
      ),
    ]),
  );
}

type Roles = ReadonlyMap<string, Policy>;

interface Compiled {
  /** The values that the policies refer to; whatever else a deployment gives changes nothing in them. */
  asked: Values;
  roles: Roles;
}

const compiled = new WeakMap<Template, Compiled[]>();

/** A process that deploys more different ones than this compiles some of them anew. */
const COMPILED_MAX = 50;

function compile(template: Template, values: Values): Compiled {
  const { resolve, asked } = createResolver(template, values);
  const roles = withRole(template).map(([logicalId, resource]): [string, Policy] => {
    const documents = documentsOf(resource, logicalId).map((one) => resolve(one, logicalId));
    return [logicalId, parsePolicy(documents, logicalId)];
  });
  return { asked, roles: new Map(roles) };
}

/**
 * The roles of a template's functions and state machines, by logical ID; compiled once for all deployments whose policies
 * are alike. AWS's managed policies for logs and traces, which SAM adds, are not in them.
 * @param references parameters and resources by logical ID, and CloudFormation's own (`AWS::Region`)
 * @throws Error or PolicyError for what is not known here
 */
export function rolesOf(template: Template, references: References): Roles {
  const values = valuesOf(template, references);
  const known = compiled.get(template) ?? [];
  compiled.set(template, known);
  const isAlike = ({ asked }: Compiled) => Object.entries(asked).every(([name, value]) => values[name] === value);
  const found = known.find(isAlike);
  if (found !== undefined) return found.roles;
  const made = compile(template, values);
  known.push(made);
  if (known.length > COMPILED_MAX) known.shift();
  return made.roles;
}
