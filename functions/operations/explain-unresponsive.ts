import { describeInstances } from '../aws/ec2-describe.ts';
import type { EC2Client } from '../aws/sdk/clients.ts';
import type { Look } from '../domain/batch/look.ts';
import { withLook } from '../domain/ownership/owner.ts';
import { type AgentLook, explainUnresponsive } from '../domain/steps/unresponsive-agent.ts';

/**
 * Nothing was heard of some agents: EC2 is asked whether their instances run at all, and where they don't, that is the
 * reason. The other looks stay as they are, and cost no call.
 * @param now before EC2 is asked
 */
export async function explainUnresponsiveAgents(ec2: EC2Client, looks: AgentLook[], now: Date): Promise<Look[]> {
  const unresponsive = looks.filter((look) => look.isUnresponsive);
  const facts = await describeInstances(
    ec2,
    unresponsive.map(({ instance }) => instance.instanceId),
  );
  return looks.map(({ instance, waiting, isUnresponsive }): Look => {
    if (!isUnresponsive || instance.step !== 'restore' || instance.reason === null) return { instance, waiting };
    const { reason: why, launchTime } = instance;
    const seen = facts.get(instance.instanceId) ?? null;
    const explained = explainUnresponsive(why, seen, launchTime);
    const owner = seen === null ? instance.owner : withLook(instance.owner, { ...seen, at: now });
    return { instance: { ...instance, owner, reason: explained, isUnresponsive: explained === why }, waiting };
  });
}
