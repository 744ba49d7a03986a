import type { ReportInstance } from '../../../functions/domain/report/report.ts';
import {
  type Boot,
  bootsOf,
  calls,
  type Evidence,
  type ExecutionEvidence,
  type InstanceEvidence,
  isOurs,
} from '../evidence/evidence.ts';

/** One instance in one run that was meant for it. Moments are milliseconds since the epoch. */
export interface NeedlessCase {
  evidence: Evidence;
  execution: ExecutionEvidence;
  instance: InstanceEvidence;
  /** null: the run has no report. */
  line: ReportInstance | null;
  /** When the run was over, and so all that it can answer for. */
  ended: number;
}

/** Each instance in each run whose groups name it. */
export function casesOf(evidence: Evidence): NeedlessCase[] {
  return evidence.executions.flatMap((execution) => {
    const names = execution.input['groups'] as string[] | undefined;
    const { report } = execution;
    const ended = report === null ? (execution.endedAt ?? evidence.endedAt) : Date.parse(report.endedAt);
    return evidence.instances
      .filter(({ groups }) => names === undefined || names.some((name) => groups.includes(name)))
      .map((instance) => {
        const line = report?.instances.find(({ instanceId }) => instanceId === instance.instanceId) ?? null;
        return { evidence, execution, instance, line, ended };
      });
  });
}

/** The run's commands to the instance that SSM has taken, in order. */
export const sendsOf = ({ evidence, execution, instance }: NeedlessCase): number[] =>
  calls(evidence, 'SendCommand')
    .filter(
      ({ error, principal, runId, instanceIds }) =>
        error === null && isOurs(principal) && runId === execution.name && instanceIds.includes(instance.instanceId),
    )
    .map(({ at }) => at);

/** The run's own boot of the instance that it ended itself; null: there is none. */
export function ownBoot({
  evidence,
  execution,
  instance,
}: NeedlessCase): (Boot & { at: number; stoppedAt: number }) | null {
  const boot = bootsOf(evidence, instance).find(({ ours, runId }) => ours && runId === execution.name);
  if (boot === undefined || boot.at === null || boot.stop === null) return null;
  if (!boot.stop.ours || boot.stop.runId !== execution.name) return null;
  return { ...boot, at: boot.at, stoppedAt: boot.stop.at };
}
