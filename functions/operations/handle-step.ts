import { applyChanges, beginBatch } from '../domain/batch/apply-changes.ts';
import { type Batch, batchSchema } from '../domain/batch/batch.ts';
import type { InstanceAt, Step } from '../domain/batch/batch-instance.ts';
import { countWaiting, type Look } from '../domain/batch/look.ts';
import { createHandler, type Handler } from '../runtime/handler.ts';
import type { InvocationContext, Runtime } from '../runtime/runtime.ts';

/** What a Lambda of the conveyor has found out and done in one invocation. */
export interface StepOutcome {
  looks: Look[];
  /** What the batch itself has to remember of it. */
  batch?: Partial<Pick<Batch, 'attempts' | 'sends'>>;
}

export interface StepHandler<S extends Step> {
  /** The state's name. */
  name: string;
  step: S;
  /** Looks once at the instances that stand at this step; never called for none. */
  act(members: InstanceAt<S>[], batch: Batch, context: InvocationContext): Promise<StepOutcome>;
}

/**
 * Makes the handler of one step of the conveyor: the batch is parsed, the instances at this step are looked at once, and
 * the batch goes on with new counts and a new waiting time. The log line counts what those wait for that stay.
 */
export function createStepHandler<S extends Step>(
  runtime: Runtime,
  { name, step, act }: StepHandler<S>,
): Handler<Batch> {
  const { now, logger } = runtime;
  return createHandler(runtime, name, batchSchema, async (received, context) => {
    const batch = beginBatch(received, now());
    const members = batch.instances.filter((instance): instance is InstanceAt<S> => instance.step === step);
    if (members.length === 0) return applyChanges(batch, [], now());
    const { looks, batch: noted } = await act(members, batch, context);
    const changed = looks.map(({ instance }) => instance);
    const next = applyChanges({ ...batch, ...noted }, changed, now());
    const { run, index, counts } = next;
    logger.info(`${name} has looked`, { runId: run.runId, batch: index, counts, waiting: countWaiting(looks) });
    return next;
  });
}
