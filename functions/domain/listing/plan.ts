import * as z from 'zod';
import { isAtLeast } from '../model/agent-version.ts';
import { exclusion, type Reason, reasonSchema } from '../model/reason.ts';
import type { Manifest, ManifestInstance } from './manifest.ts';
import { tooLateToStart } from './run-ends.ts';

/** What a dry run says that a run would do. */
export const planSchema = z.object({
  runId: z.string(),
  dryRun: z.literal(true),
  targetVersion: z.string(),
  counts: z.object({
    intended: z.int(),
    wake: z.int(),
    update: z.int(),
    current: z.int(),
    inTransition: z.int(),
    excluded: z.int(),
  }),
  instances: z.array(
    z.object({
      instanceId: z.string(),
      group: z.string(),
      action: z.enum(['start-update-stop', 'start-update-hibernate', 'update', 'none', 'wait', 'exclude']),
      reason: reasonSchema.nullable(),
      versionBefore: z.string().nullable(),
      originalState: z.string().nullable(),
    }),
  ),
});
export type Plan = z.infer<typeof planSchema>;

type Action = Plan['instances'][number]['action'];

/** With the rules of the run itself, as if it began when it was listed. */
export function buildPlan({
  run,
  listedAt,
  instances: listed,
}: Pick<Manifest, 'run' | 'listedAt' | 'instances'>): Plan {
  const late = tooLateToStart(run, listedAt);
  const instances =
    late === null ? listed : listed.map((instance) => excludeAsleep(instance, exclusion('out-of-time', late)));
  const planned = instances.map((instance) => ({
    instanceId: instance.instanceId,
    group: instance.group,
    action: actionFor(instance, run.targetVersion),
    reason: instance.reason,
    versionBefore: instance.version,
    originalState: instance.originalState ?? instance.state,
  }));
  const count = (...actions: Action[]) => planned.filter(({ action }) => actions.includes(action)).length;
  return {
    runId: run.runId,
    dryRun: true,
    targetVersion: run.targetVersion,
    counts: {
      intended: planned.length,
      wake: count('start-update-stop', 'start-update-hibernate'),
      update: count('update'),
      current: count('none'),
      inTransition: count('wait'),
      excluded: count('exclude'),
    },
    instances: planned,
  };
}

/** What sleeps is not woken any more; what runs is still updated. */
const excludeAsleep = (instance: ManifestInstance, why: Reason): ManifestInstance =>
  instance.decision === 'take-part' && instance.originalState !== 'running'
    ? { ...instance, decision: 'excluded', reason: why }
    : instance;

function actionFor({ decision, originalState, version }: ManifestInstance, target: string): Action {
  if (decision === 'excluded') return 'exclude';
  if (decision === 'in-transition') return 'wait';
  if (originalState === 'hibernated') return 'start-update-hibernate';
  if (originalState === 'stopped') return 'start-update-stop';
  return isAtLeast(version, target) ? 'none' : 'update';
}
