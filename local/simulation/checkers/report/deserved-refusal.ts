import { wakeUntil } from '../../evidence/ends.ts';
import { calls, type Evidence, type ExecutionEvidence } from '../../evidence/evidence.ts';

const INSTANCES_MAX = 500;

/** The groups that a run was meant for, with whom each named when the run began. */
function groupsOf(evidence: Evidence, { input, startedAt, endedAt }: ExecutionEvidence): Map<string, Set<string>> {
  const all = new Map<string, Set<string>>();
  for (const { instanceId, groups } of evidence.instances) {
    for (const name of groups) all.set(name, (all.get(name) ?? new Set()).add(instanceId));
  }
  for (const { at, error, parameters } of calls(evidence, 'UngroupResources')) {
    const isSeen = error === null && at <= (endedAt ?? startedAt);
    const arns = isSeen ? (parameters['ResourceArns'] as string[]) : [];
    for (const arn of arns) all.get(String(parameters['Group']))?.delete(arn.split('/').at(-1) ?? '');
  }
  const chosen = (input['groups'] as string[] | undefined) ?? [...all.keys()];
  return new Map(chosen.map((name) => [name, all.get(name) ?? new Set()]));
}

/** Whether an instance is named that is in none of the groups. */
function namesNoMember(evidence: Evidence, execution: ExecutionEvidence): boolean {
  const members = new Set([...groupsOf(evidence, execution).values()].flatMap((ids) => [...ids]));
  const named = (execution.input['instances'] as string[] | undefined) ?? [];
  return named.some((id) => !members.has(id));
}

const KNOWN_FIELDS: Record<string, (value: unknown) => boolean> = {
  groups: (value) =>
    Array.isArray(value) &&
    value.length > 0 &&
    value.every((name) => typeof name === 'string' && name !== '') &&
    new Set(value).size === value.length,
  instances: (value) => Array.isArray(value) && value.length > 0 && new Set(value).size === value.length,
  targetVersion: (value) => value === 'latest' || /^\d{1,6}(\.\d{1,6}){2,3}$/.test(String(value)),
  dryRun: (value) => typeof value === 'boolean',
  allowEmpty: (value) => typeof value === 'boolean',
  finishBy: (value) => /^\d\d:\d\d$/.test(String(value)) || !Number.isNaN(Date.parse(String(value))),
  scheduledTime: (value) => !Number.isNaN(Date.parse(String(value))),
};

/** What each refusal claims of the input or of the groups. */
const claims: Record<string, (evidence: Evidence, execution: ExecutionEvidence) => boolean> = {
  InvalidInput: (evidence, execution) =>
    Object.entries(execution.input).some(([name, value]) => !KNOWN_FIELDS[name]?.(value)) ||
    wakeUntil(evidence, execution) < execution.startedAt ||
    namesNoMember(evidence, execution),
  EmptyGroup: (evidence, execution) =>
    execution.input['allowEmpty'] !== true &&
    [...groupsOf(evidence, execution).values()].some(({ size }) => size === 0),
  BrokenGroup: ({ instances, groups: all }, { input }) => {
    const named = (input['groups'] as string[] | undefined) ?? all.map(({ name }) => name);
    const hasNoPlace = (name: string) =>
      all.find((group) => group.name === name)?.resourceTypes?.includes('AWS::EC2::Instance') === false;
    const isUnknown = (name: string) => !instances.some(({ groups }) => groups.includes(name));
    return named.some((name) => hasNoPlace(name) || (input['groups'] !== undefined && isUnknown(name)));
  },
  TooManyInstances: (evidence, execution) =>
    new Set([...groupsOf(evidence, execution).values()].flatMap((ids) => [...ids])).size > INSTANCES_MAX,
  // Its object is in each region, and has a version: all that can be wrong is that it may not be read.
  UnknownAgentVersion: (evidence, { name }) =>
    calls(evidence, 'GetObject').some(
      ({ error, principal, runId }) =>
        error === 'AccessDenied' && principal === 'ListInstancesFunction' && runId === name,
    ),
};

/** Failures in which nothing was touched, for a reason that the input or the groups give. */
export const isRefusal = (error: string): boolean => Object.hasOwn(claims, error);

/** Whether the input or the groups deserve it. */
export const isDeserved = (evidence: Evidence, execution: ExecutionEvidence): boolean =>
  claims[execution.error ?? '']?.(evidence, execution) ?? false;
