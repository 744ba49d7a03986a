import { describeInstances } from '../aws/ec2-describe.ts';
import type { EC2Client } from '../aws/sdk/clients.ts';
import type { Look } from '../domain/batch/look.ts';
import { type AgentLook, explainUnresponsive } from '../domain/steps/unresponsive-agent.ts';

/**
 * Nothing was heard of some agents: EC2 is asked whether their instances run at all, and where they don't, that is the
 * reason. The other looks stay as they are, and cost no call.
 */
export async function explainUnresponsiveAgents(ec2: EC2Client, looks: AgentLook[]): Promise<Look[]> {
  const unresponsive = looks.filter((look) => look.isUnresponsive);
  const facts = await describeInstances(
    ec2,
    unresponsive.map(({ instance }) => instance.instanceId),
  );
  return looks.map(({ instance, waiting, isUnresponsive }): Look => {
    const { instanceId, reason: why, launchTime } = instance;
    if (!isUnresponsive || why === null) return { instance, waiting };
    const explained = explainUnresponsive(why, facts.get(instanceId) ?? null, launchTime);
    return { instance: { ...instance, reason: explained, isUnresponsive: explained === why }, waiting };
  });
}
