import { type Condition, type Context, compileConditions, mappingOf, textsOf } from './conditions.ts';
import { arnPattern, type Matches, wildcard } from './patterns.ts';
import { PolicyError } from './policy-error.ts';

/** One thing that a statement speaks of: one of its actions on one of its resources, as they are written. */
export interface Permission {
  sid: string;
  action: string;
  resource: string;
}

/** What IAM is asked: may this be done with that? */
export interface AccessRequest {
  action: string;
  /** An ARN; null where IAM knows no resource of the action, so that only Resource "*" speaks of it. */
  resource: string | null;
  context: Context;
}

export type Decision =
  | { isAllowed: true; permission: Permission }
  /** `byOrganization`: a service control policy denies it, and not one of the principal's own. */
  | { isAllowed: false; isExplicit: boolean; byOrganization?: true };

interface Statement {
  sid: string;
  effect: 'Allow' | 'Deny';
  actions: { text: string; matches: Matches }[];
  resources: { text: string; matches: (resource: string | null) => boolean }[];
  conditions: Condition[];
}

/** What of a statement is about one action. */
interface Candidate {
  statement: Statement;
  /** For each of its resources. */
  permissions: Permission[];
}

export interface Policy {
  /** Everything that it allows. */
  permissions: Permission[];
  evaluate(request: AccessRequest): Decision;
}

const STATEMENT_FIELDS = new Set(['Sid', 'Effect', 'Action', 'Resource', 'Condition']);

const ACTION = /^[a-z0-9-]+:[A-Za-z0-9*?]+$/;

function compileAction(text: string, where: string) {
  if (!ACTION.test(text)) throw new PolicyError(`${where}: "${text}" is not an action of a service`);
  // IAM takes an action in any case.
  return { text, matches: wildcard(text, 'i') };
}

function compileResource(text: string, where: string) {
  if (text === '*') return { text, matches: () => true };
  const pattern = arnPattern(text);
  if (pattern === null) throw new PolicyError(`${where}: "${text}" is neither an ARN nor "*"`);
  return { text, matches: (resource: string | null) => resource !== null && pattern(resource) };
}

function compileStatement(given: unknown, place: string): Statement {
  const fields = Object.fromEntries(mappingOf(given, place));
  const sid = fields['Sid'];
  if (typeof sid !== 'string' || !/^[A-Za-z0-9]+$/.test(sid)) {
    throw new PolicyError(`${place}: a statement needs a Sid of letters and digits`);
  }
  const where = `${place} ${sid}`;
  const unknown = Object.keys(fields).find((field) => !STATEMENT_FIELDS.has(field));
  if (unknown !== undefined) throw new PolicyError(`${where}: ${unknown} is unknown here`);
  const effect = fields['Effect'];
  if (effect !== 'Allow' && effect !== 'Deny') throw new PolicyError(`${where}: Effect is neither Allow nor Deny`);
  return {
    sid,
    effect,
    actions: textsOf(fields['Action'], `${where}.Action`).map((text) => compileAction(text, `${where}.Action`)),
    resources: textsOf(fields['Resource'], `${where}.Resource`).map((text) =>
      compileResource(text, `${where}.Resource`),
    ),
    conditions: 'Condition' in fields ? compileConditions(fields['Condition'], `${where}.Condition`) : [],
  };
}

const permissionsOf = ({ sid, resources }: Statement, action: string): Permission[] =>
  resources.map(({ text }) => ({ sid, action, resource: text }));

/** @returns the first resource of the statement that the request is about, if its conditions hold; or -1 */
function applies({ resources, conditions }: Statement, { resource, context }: AccessRequest): number {
  const index = resources.findIndex(({ matches }) => matches(resource));
  return index >= 0 && conditions.every((holds) => holds(context)) ? index : -1;
}

function createPolicy(statements: Statement[]): Policy {
  const all = statements.flatMap((statement) =>
    statement.actions.map(({ text, matches }) => ({ statement, matches, permissions: permissionsOf(statement, text) })),
  );
  // What speaks of an action, by action: there are few of them, and they are asked for again and again.
  const known = new Map<string, { denying: Candidate[]; allowing: Candidate[] }>();
  const candidatesFor = (action: string) => {
    const found = known.get(action);
    if (found !== undefined) return found;
    const matching = all.filter(({ matches }) => matches(action));
    const made = {
      denying: matching.filter(({ statement }) => statement.effect === 'Deny'),
      allowing: matching.filter(({ statement }) => statement.effect === 'Allow'),
    };
    known.set(action, made);
    return made;
  };
  return {
    permissions: all.flatMap(({ statement, permissions }) => (statement.effect === 'Allow' ? permissions : [])),
    evaluate(request) {
      const { denying, allowing } = candidatesFor(request.action);
      if (denying.some(({ statement }) => applies(statement, request) >= 0)) {
        return { isAllowed: false, isExplicit: true };
      }
      for (const { statement, permissions } of allowing) {
        const permission = permissions[applies(statement, request)];
        if (permission !== undefined) return { isAllowed: true, permission };
      }
      return { isAllowed: false, isExplicit: false };
    },
  };
}

const asList = (given: unknown): unknown[] => (Array.isArray(given) ? given : [given]);

/**
 * Reads the policies of a role, as one: the subset of IAM's language that template.yaml uses.
 * @param where what an error names as its place
 * @throws PolicyError for anything else
 */
export function parsePolicy(documents: unknown[], where: string): Policy {
  const statements = documents.flatMap((document, index) => {
    const place = `${where}.Policies[${index}]`;
    const { Version, Statement: given, ...rest } = Object.fromEntries(mappingOf(document, place));
    const [unknown] = Object.keys(rest);
    if (unknown !== undefined) throw new PolicyError(`${place}: ${unknown} is unknown here`);
    if (Version !== '2012-10-17') throw new PolicyError(`${place}: Version is not 2012-10-17`);
    return asList(given).map((statement, at) => compileStatement(statement, `${place}.Statement[${at}]`));
  });
  const sids = statements.map(({ sid }) => sid);
  const twice = sids.find((sid, index) => sids.indexOf(sid) !== index);
  if (twice !== undefined) throw new PolicyError(`${where}: the Sid ${twice} stands there twice`);
  return createPolicy(statements);
}
