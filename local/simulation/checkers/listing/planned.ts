import type { Plan } from '../../../../functions/domain/listing/plan.ts';
import { wakeUntil } from '../../evidence/ends.ts';
import type { Evidence, ExecutionEvidence } from '../../evidence/evidence.ts';
import { listedAt, standingsBetween, viewLagMilliseconds } from '../../evidence/standings.ts';
import { isAtLeast } from '../../evidence/versions.ts';

type Planned = Plan['instances'][number];

/** What is to be done with one that takes part, by how it stands; running ones by their version. */
function actionFor({ originalState, versionBefore }: Planned, target: string): string {
  if (originalState === 'stopped') return 'start-update-stop';
  if (originalState === 'hibernated') return 'start-update-hibernate';
  return versionBefore !== null && isAtLeast(versionBefore, target) ? 'none' : 'update';
}

const OUT = ['exclude', 'wait'];

/** Whether it is out for the time alone: what sleeps has no time left for its boot; what runs needs none. */
function aboutTime(evidence: Evidence, execution: ExecutionEvidence, planned: Planned, listed: number): string[] {
  const isLate = listed > wakeUntil(evidence, execution);
  const { instanceId, action, originalState, reason } = planned;
  const isWoken = action === 'start-update-stop' || action === 'start-update-hibernate';
  if (isLate && isWoken) return [`${instanceId} is to be woken, and no time is left for that`];
  const isOut = reason?.code === 'out-of-time';
  return isOut && (!isLate || originalState === 'running')
    ? [`${instanceId} is ${originalState}, and is called out of time`]
    : [];
}

function aboutInstance(evidence: Evidence, planned: Planned, listed: number, target: string): string[] {
  const { instanceId, action, originalState } = planned;
  const instance = evidence.instances.find((one) => one.instanceId === instanceId);
  if (instance === undefined || OUT.includes(action)) return [];
  const should = actionFor(planned, target);
  const shown = standingsBetween(evidence, instance, listed - 2 * viewLagMilliseconds(evidence), listed);
  // What a dead run has left awake is told as it was before that run.
  if (evidence.executions.length > 1) shown.add(instance.settled);
  return [
    ...(action === should
      ? []
      : [`${instanceId} is ${originalState}, and the plan says ${action} instead of ${should}`]),
    ...(shown.has(originalState ?? '')
      ? []
      : [`${instanceId} was ${[...shown].join(' or ')}, and the plan says ${originalState}`]),
  ];
}

/** What a dry run says is what a run would do: of each instance, and in numbers. */
export function aboutPlan(evidence: Evidence, execution: ExecutionEvidence): string[] {
  const { name } = execution;
  const plan = evidence.overheard.plans[name];
  const listed = listedAt(evidence, name);
  if (plan === undefined || listed === null) return [];
  const { instances, counts, targetVersion } = plan;
  const count = (...actions: string[]) => instances.filter(({ action }) => actions.includes(action)).length;
  const should = {
    intended: instances.length,
    wake: count('start-update-stop', 'start-update-hibernate'),
    update: count('update'),
    current: count('none'),
    inTransition: count('wait'),
    excluded: count('exclude'),
  };
  const isCounted = Object.entries(should).every(([what, number]) => counts[what as keyof typeof should] === number);
  return [
    ...instances.flatMap((planned) => [
      ...aboutInstance(evidence, planned, listed, targetVersion),
      ...aboutTime(evidence, execution, planned, listed),
    ]),
    ...(isCounted ? [] : [`the plan counts ${JSON.stringify(counts)} instead of ${JSON.stringify(should)}`]),
  ];
}
