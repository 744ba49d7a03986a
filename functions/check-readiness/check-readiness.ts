import * as z from 'zod';
import { describeInstances } from '../aws/ec2-describe.ts';
import { createEc2Client, createSsmClient } from '../aws/sdk/clients.ts';
import { describeAgents } from '../aws/ssm-agents.ts';
import { applyChanges, beginBatch } from '../domain/batch/apply-changes.ts';
import { type Batch, batchSchema } from '../domain/batch/batch.ts';
import type { BatchInstance } from '../domain/batch/batch-instance.ts';
import { fail, toStep } from '../domain/batch/transitions.ts';
import { judgeReadiness } from '../domain/steps/readiness.ts';
import { environment } from '../runtime/environment.ts';
import { createHandler, type Handler, parseEnvironment } from '../runtime/handler.ts';
import type { Runtime } from '../runtime/runtime.ts';

const environmentSchema = z.object({ READINESS_DEADLINE_SECONDS: environment.READINESS_DEADLINE_SECONDS });

/** CheckReadiness: looks once who is awake with an agent that pings; says why not, once the deadline has passed. */
export function createCheckReadiness(runtime: Runtime): Handler<Batch> {
  const { now, logger } = runtime;
  const settings = parseEnvironment(environmentSchema, runtime.environment);
  const ec2 = createEc2Client(runtime.clientOptions);
  const ssm = createSsmClient(runtime.clientOptions);

  return createHandler(runtime, 'CheckReadiness', batchSchema, async (received) => {
    const batch = beginBatch(received, now());
    const booting = batch.instances.filter(({ step }) => step === 'readiness');
    if (booting.length === 0) return applyChanges(batch, [], now());
    const ids = booting.map(({ instanceId }) => instanceId);
    const facts = await describeInstances(ec2, ids);
    const agents = await describeAgents(ssm, ids);

    const moment = now();
    const changed = booting.flatMap((instance): BatchInstance[] => {
      const { instanceId } = instance;
      const seen = { instance: facts.get(instanceId) ?? null, agent: agents.get(instanceId) ?? null };
      const decision = judgeReadiness(instance, seen, settings.READINESS_DEADLINE_SECONDS, moment);
      switch (decision.action) {
        case 'ready': {
          const { launchTime, version } = decision;
          return [toStep({ ...instance, launchTime, versionBefore: version }, 'update', moment)];
        }
        case 'fail':
          return [fail(instance, decision.reason.code, decision.reason.text, moment)];
        case 'wait':
          return [];
      }
    });
    const next = applyChanges(batch, changed, moment);
    logger.info('readiness looked at', { runId: batch.run.runId, batch: batch.index, counts: next.counts });
    return next;
  });
}
