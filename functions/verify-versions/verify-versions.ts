import * as z from 'zod';
import { createEc2Client, createSsmClient } from '../aws/sdk/clients.ts';
import { describeAgents } from '../aws/ssm-agents.ts';
import type { Batch } from '../domain/batch/batch.ts';
import { verifyVersion } from '../domain/steps/verify.ts';
import { chosenWork } from '../domain/work/chosen-work.ts';
import { explainUnresponsiveAgents } from '../operations/explain-unresponsive.ts';
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
    async act(members, batch) {
      const ids = members.map(({ instanceId }) => instanceId);
      const agents = await describeAgents(ssm, ids);
      const now = runtime.now();
      const looks = members.map((instance) =>
        verifyVersion({
          instance,
          agent: agents.get(instance.instanceId) ?? null,
          work,
          target: batch.run.targetVersion,
          deadlineSeconds: settings.VERIFY_DEADLINE_SECONDS,
          now,
        }),
      );
      return { looks: await explainUnresponsiveAgents(ec2, looks, now) };
    },
  });
}
