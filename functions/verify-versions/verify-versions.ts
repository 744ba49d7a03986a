import * as z from 'zod';
import { describeInstances } from '../aws/ec2-describe.ts';
import { createEc2Client, createSsmClient } from '../aws/sdk/clients.ts';
import { describeAgents } from '../aws/ssm-agents.ts';
import { applyChanges } from '../domain/batch/apply-changes.ts';
import { type Batch, batchSchema } from '../domain/batch/batch.ts';
import type { BatchInstance } from '../domain/batch/batch-instance.ts';
import { finishWork } from '../domain/batch/transitions.ts';
import { explainUnresponsive, isUnresponsive } from '../domain/steps/unresponsive-agent.ts';
import { judgeVersion, type VerifyDecision } from '../domain/steps/verify.ts';
import { updateSsmAgent } from '../domain/work/update-ssm-agent.ts';
import { environment } from '../runtime/environment.ts';
import { createHandler, type Handler, parseEnvironment } from '../runtime/handler.ts';
import type { Runtime } from '../runtime/runtime.ts';

const environmentSchema = z.object({ VERIFY_DEADLINE_SECONDS: environment.VERIFY_DEADLINE_SECONDS });

const work = updateSsmAgent;

/** VerifyVersions: believes only what the agent itself reports, in a ping newer than the command's end. */
export function createVerifyVersions(runtime: Runtime): Handler<Batch> {
  const { now, logger } = runtime;
  const deadlineSeconds = parseEnvironment(environmentSchema, runtime.environment).VERIFY_DEADLINE_SECONDS;
  const ec2 = createEc2Client(runtime.clientOptions);
  const ssm = createSsmClient(runtime.clientOptions);

  return createHandler(runtime, 'VerifyVersions', batchSchema, async (batch) => {
    const members = batch.instances.filter(({ step }) => step === 'verify');
    if (members.length === 0) return applyChanges(batch, [], now());
    const agents = await describeAgents(
      ssm,
      members.map(({ instanceId }) => instanceId),
    );

    const moment = now();
    const { targetVersion } = batch.run;
    const decided = members.map((instance): [BatchInstance, VerifyDecision] => {
      const agent = agents.get(instance.instanceId) ?? null;
      return [instance, judgeVersion(instance, agent, work, targetVersion, deadlineSeconds, moment)];
    });
    const silent = decided.filter(([, decision]) => decision.action === 'fail' && isUnresponsive(decision.reason));
    const facts = await describeInstances(
      ec2,
      silent.map(([{ instanceId }]) => instanceId),
    );
    const changed = decided.flatMap(([instance, decision]): BatchInstance[] => {
      switch (decision.action) {
        case 'verified': {
          const outcome = work.isSatisfiedBy(instance.versionBefore, targetVersion) ? 'already-current' : 'updated';
          return [finishWork({ ...instance, versionAfter: decision.version }, outcome, null, moment)];
        }
        case 'fail':
          return [
            finishWork(
              { ...instance, versionAfter: decision.version },
              'failed',
              explainUnresponsive(decision.reason, facts.get(instance.instanceId) ?? null, instance.launchTime),
              moment,
            ),
          ];
        case 'wait':
          return [];
      }
    });
    const next = applyChanges(batch, changed, moment);
    logger.info('versions looked at', { runId: batch.run.runId, batch: batch.index, counts: next.counts });
    return next;
  });
}
