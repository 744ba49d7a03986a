import * as z from 'zod';
import { createBucket } from '../aws/bucket.ts';
import { describeStatusChecks } from '../aws/ec2-status.ts';
import { createEc2Client, createS3Client, createSsmClient, type EC2Client } from '../aws/sdk/clients.ts';
import { describeFailure } from '../aws/sdk/failures.ts';
import { describeAgents } from '../aws/ssm-agents.ts';
import { type Batch, leaseholderOf } from '../domain/batch/batch.ts';
import { seenOf } from '../domain/batch/unseen.ts';
import type { StatusChecks } from '../domain/model/instance.ts';
import { optOutText } from '../domain/ownership/opt-out.ts';
import { checkReadiness, isOverdue, type ReadinessCase } from '../domain/steps/readiness.ts';
import { createStepHandler } from '../operations/handle-step.ts';
import { proveBoots } from '../operations/prove-boots.ts';
import { environment, optOutEnvironment, optOutTagOf } from '../runtime/environment.ts';
import { type Handler, parseEnvironment } from '../runtime/handler.ts';
import type { Runtime } from '../runtime/runtime.ts';

const environmentSchema = z.object({
  BUCKET_NAME: environment.BUCKET_NAME,
  ...optOutEnvironment,
  READINESS_DEADLINE_SECONDS: environment.READINESS_DEADLINE_SECONDS,
  START_DEADLINE_SECONDS: environment.START_DEADLINE_SECONDS,
});

/**
 * CheckReadiness: which instances are awake with an agent that pings; once the deadline has passed, why not. And whose boots
 * these are, which is written down before anything is done with them.
 */
export function createCheckReadiness(runtime: Runtime): Handler<Batch> {
  const settings = parseEnvironment(environmentSchema, runtime.environment);
  const optOutTag = optOutTagOf(settings);
  const ec2 = createEc2Client(runtime.clientOptions);
  const ssm = createSsmClient(runtime.clientOptions);
  const bucket = createBucket(createS3Client(runtime.clientOptions), settings.BUCKET_NAME);

  return createStepHandler(runtime, {
    name: 'CheckReadiness',
    step: 'readiness',
    ec2,
    deadlineSeconds: settings.READINESS_DEADLINE_SECONDS,
    async act({ members, facts, at }, batch) {
      const booting = members.map(({ instance }) => instance);
      const ids = booting.map(({ instanceId }) => instanceId);
      const agents = await describeAgents(ssm, ids, batch.invocations);
      const proved = await proveBoots(bucket, leaseholderOf(batch), booting, { facts, at });
      const now = runtime.now();
      const cases = seenOf(proved, facts).map(({ instance, ec2: seen }) => ({
        instance,
        ec2: seen,
        agent: agents.get(instance.instanceId) ?? null,
        optOut: optOutText(seen, optOutTag, now),
        deadlineSeconds: settings.READINESS_DEADLINE_SECONDS,
        startDeadlineSeconds: settings.START_DEADLINE_SECONDS,
        now,
      }));
      const checks = await askChecks({ ec2, logger: runtime.logger, turn: batch.invocations }, cases);
      return {
        looks: cases.map((given) =>
          checkReadiness({ ...given, checks: checks.get(given.instance.instanceId) ?? null }),
        ),
      };
    },
  });
}

/** One call for those whose time is over. It only words why they have failed: what EC2 does not answer keeps no one waiting. */
async function askChecks(
  { ec2, logger, turn }: { ec2: EC2Client; turn: number } & Pick<Runtime, 'logger'>,
  cases: Omit<ReadinessCase, 'checks'>[],
): Promise<Map<string, StatusChecks>> {
  const overdue = cases.filter(isOverdue).map(({ instance }) => instance.instanceId);
  try {
    return await describeStatusChecks(ec2, overdue, turn);
  } catch (error) {
    logger.warn('could not ask for status checks', { overdue, failure: describeFailure(error) });
    return new Map();
  }
}
