import { describeByIds } from '../aws/ec2-describe-by-id.ts';
import type { EC2Client } from '../aws/sdk/clients.ts';
import { applyChanges, beginBatch } from '../domain/batch/apply-changes.ts';
import { type Batch, batchSchema } from '../domain/batch/batch.ts';
import type { InstanceAt, Working } from '../domain/batch/batch-instance.ts';
import { countWaiting, type Look } from '../domain/batch/look.ts';
import { awaitSight, type Seen, seenOf, unseenOf } from '../domain/batch/unseen.ts';
import type { InstanceFacts } from '../domain/model/instance.ts';
import { createHandler, type Handler } from '../runtime/handler.ts';
import type { InvocationContext, Runtime } from '../runtime/runtime.ts';

/** What a Lambda of the conveyor has found out and done in one invocation. */
export interface StepOutcome {
  looks: Look[];
  /** What the batch itself has to remember of it. */
  batch?: Partial<Pick<Batch, 'attempts' | 'sends'>>;
}

/** The instances at a step that EC2 has just shown. */
export interface Shown<S extends Working['step']> {
  members: Seen<InstanceAt<S>>[];
  /** The same, by ID. */
  facts: Map<string, InstanceFacts>;
  /** When it was asked. */
  at: Date;
}

export interface StepHandler<S extends Working['step']> {
  /** The state's name. */
  name: string;
  step: S;
  ec2: EC2Client;
  /** How long an instance may be at this step that EC2 does not show. */
  deadlineSeconds: number;
  /** Looks once at the instances that stand at this step, and that EC2 shows; never called for none. */
  act(shown: Shown<S>, batch: Batch, context: InvocationContext): Promise<StepOutcome>;
}

/**
 * Makes the handler of one step of the conveyor: the batch is parsed, EC2 is asked for the instances at this step, those that
 * it shows are looked at once, the others wait, and the batch goes on with new counts and a new waiting time. The log line counts
 * what those wait for that stay.
 */
export function createStepHandler<S extends Working['step']>(
  runtime: Runtime,
  { name, step, ec2, deadlineSeconds, act }: StepHandler<S>,
): Handler<Batch> {
  const { now, logger } = runtime;
  return createHandler(runtime, name, batchSchema, async (received, context) => {
    const batch = beginBatch(received, now());
    const atStep = batch.instances.filter((instance): instance is InstanceAt<S> => instance.step === step);
    if (atStep.length === 0) return applyChanges(batch, [], now());
    const { facts, unseen } = await describeByIds(ec2, atStep);
    const at = now();
    const members = seenOf(atStep, facts);
    const { looks: shown, batch: noted } =
      members.length === 0 ? NOTHING_SHOWN : await act({ members, facts, at }, batch, context);
    const looks = [...shown, ...unseenOf(atStep, unseen, at).map((one) => awaitSight(one, deadlineSeconds, at))];
    const changed = looks.map(({ instance }) => instance);
    const next = applyChanges({ ...batch, ...noted }, changed, now());
    const { run, index, counts } = next;
    logger.info(`${name} has looked`, { runId: run.runId, batch: index, counts, waiting: countWaiting(looks) });
    return next;
  });
}

const NOTHING_SHOWN: StepOutcome = { looks: [] };
