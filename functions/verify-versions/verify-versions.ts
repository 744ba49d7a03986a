import * as z from 'zod';
import { createEc2Client, createSsmClient } from '../aws/sdk/clients.ts';
import { describeAgents } from '../aws/ssm-agents.ts';
import type { Batch } from '../domain/batch/batch.ts';
import { verifyVersion } from '../domain/steps/verify.ts';
import { chosenWork } from '../domain/work/chosen-work.ts';
import { createStepHandler } from '../operations/handle-step.ts';
import { environment } from '../runtime/environment.ts';
import { type Handler, parseEnvironment } from '../runtime/handler.ts';
import type { Runtime } from '../runtime/runtime.ts';

const environmentSchema = z.object({ VERIFY_DEADLINE_SECONDS: environment.VERIFY_DEADLINE_SECONDS });

/** VerifyVersions: believes only what the agent itself reports, in a ping newer than the command's end. */
export function createVerifyVersions(runtime: Runtime, work = chosenWork): Handler<Batch> {
  const settings = parseEnvironment(environmentSchema, runtime.environment);
  const ec2 = createEc2Client(runtime.clientOptions);
  const ssm = createSsmClient(runtime.clientOptions);

  return createStepHandler(runtime, {
    name: 'VerifyVersions',
    step: 'verify',
    ec2,
    deadlineSeconds: settings.VERIFY_DEADLINE_SECONDS,
    async act({ members }, batch) {
      const ids = members.map(({ instance }) => instance.instanceId);
      const agents = await describeAgents(ssm, ids, batch.invocations);
      const now = runtime.now();
      const looks = members.map(({ instance, ec2: seen }) =>
        verifyVersion({
          instance,
          ec2: seen,
          agent: agents.get(instance.instanceId) ?? null,
          work,
          target: batch.run.targetVersion,
          deadlineSeconds: settings.VERIFY_DEADLINE_SECONDS,
          now,
        }),
      );
      return { looks };
    },
  });
}
