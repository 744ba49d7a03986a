import * as z from 'zod';
import { createBucket } from '../aws/bucket.ts';
import { describeInstances } from '../aws/ec2-describe.ts';
import { createEc2Client, createS3Client, createSsmClient } from '../aws/sdk/clients.ts';
import { describeAgents } from '../aws/ssm-agents.ts';
import { type Batch, leaseholderOf } from '../domain/batch/batch.ts';
import { optOutText } from '../domain/ownership/opt-out.ts';
import { checkReadiness } from '../domain/steps/readiness.ts';
import { createStepHandler } from '../operations/handle-step.ts';
import { proveBoots } from '../operations/prove-boots.ts';
import { environment, optOutEnvironment, optOutTagOf } from '../runtime/environment.ts';
import { type Handler, parseEnvironment } from '../runtime/handler.ts';
import type { Runtime } from '../runtime/runtime.ts';

const environmentSchema = z.object({
  BUCKET_NAME: environment.BUCKET_NAME,
  ...optOutEnvironment,
  READINESS_DEADLINE_SECONDS: environment.READINESS_DEADLINE_SECONDS,
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
    async act(booting, batch) {
      const ids = booting.map(({ instanceId }) => instanceId);
      const facts = await describeInstances(ec2, ids);
      const at = runtime.now();
      const agents = await describeAgents(ssm, ids);
      const proved = await proveBoots(bucket, leaseholderOf(batch), booting, { facts, at });
      const now = runtime.now();
      const looks = proved.map((instance) => {
        const seen = facts.get(instance.instanceId) ?? null;
        return checkReadiness({
          instance,
          ec2: seen,
          agent: agents.get(instance.instanceId) ?? null,
          optOut: optOutText(seen, optOutTag, now),
          deadlineSeconds: settings.READINESS_DEADLINE_SECONDS,
          now,
        });
      });
      return { looks };
    },
  });
}
