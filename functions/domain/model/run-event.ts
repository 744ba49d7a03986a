// What other programs can hear of a run: on EventBridge's default bus (docs/events.md).
import type { OriginalState } from './instance.ts';
import { RUN_FOLLOWS_SECONDS } from './limits.ts';
import { manifestKey, reportKey } from './object-keys.ts';
import type { Run } from './run.ts';
import { addSeconds } from './time.ts';

/** One event, as EventBridge carries it. */
export interface RunEvent {
  source: 'reveille';
  detailType: 'Reveille Run Started' | 'Reveille Run Finished';
  detail: Record<string, unknown> & { runId: string };
}

/** What a manifest says of an instance, as far as it matters here. */
interface Listed {
  instanceId: string;
  originalState: OriginalState | null;
}

/**
 * A run is about to begin. `instanceIds` are those that it will wake, and `latestEndAt` is when it is over at the latest: a program
 * that mutes alarms for it can mute them until then, and needs to hear no end.
 */
export function runStarted(run: Run, instances: Listed[], bucketName: string): RunEvent {
  const asleep = instances.filter(({ originalState }) => originalState === 'stopped' || originalState === 'hibernated');
  return {
    source: 'reveille',
    detailType: 'Reveille Run Started',
    detail: {
      runId: run.runId,
      stateMachine: run.stateMachine,
      targetVersion: run.targetVersion,
      instanceIds: asleep.map(({ instanceId }) => instanceId),
      latestEndAt: addSeconds(run.stopUntil, RUN_FOLLOWS_SECONDS),
      manifest: { bucket: bucketName, key: manifestKey(run) },
    },
  };
}

/** What a report says of its run. */
interface Finished {
  runId: string;
  status: string;
  diedBeforeReport: boolean;
  counts: Record<string, number>;
}

/** A run is over, and has its report: also one that died, of which ReconcileLeases tells. It can be told more than once. */
export function runFinished({ runId, status, diedBeforeReport, counts }: Finished, bucketName: string): RunEvent {
  return {
    source: 'reveille',
    detailType: 'Reveille Run Finished',
    detail: { runId, status, diedBeforeReport, counts, report: { bucket: bucketName, key: reportKey({ runId }) } },
  };
}
