import * as z from 'zod';
import { describeInstances } from '../aws/ec2-describe.ts';
import { createEc2Client, createSsmClient } from '../aws/sdk/clients.ts';
import { describeAgents } from '../aws/ssm-agents.ts';
import type { Batch } from '../domain/batch/batch.ts';
import { optOutText } from '../domain/ownership/opt-out.ts';
import { checkReadiness } from '../domain/steps/readiness.ts';
import { createStepHandler } from '../operations/handle-step.ts';
import { environment, optOutEnvironment, optOutTagOf } from '../runtime/environment.ts';
import { type Handler, parseEnvironment } from '../runtime/handler.ts';
import type { Runtime } from '../runtime/runtime.ts';

const environmentSchema = z.object({
  ...optOutEnvironment,
  READINESS_DEADLINE_SECONDS: environment.READINESS_DEADLINE_SECONDS,
});

/** CheckReadiness: which instances are awake with an agent that pings; once the deadline has passed, why not. */
export function createCheckReadiness(runtime: Runtime): Handler<Batch> {
  const settings = parseEnvironment(environmentSchema, runtime.environment);
  const optOutTag = optOutTagOf(settings);
  const ec2 = createEc2Client(runtime.clientOptions);
  const ssm = createSsmClient(runtime.clientOptions);

  return createStepHandler(runtime, {
    name: 'CheckReadiness',
    step: 'readiness',
    async act(booting) {
      const ids = booting.map(({ instanceId }) => instanceId);
      const facts = await describeInstances(ec2, ids);
      const agents = await describeAgents(ssm, ids);
      const now = runtime.now();
      const looks = booting.map((instance) => {
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
