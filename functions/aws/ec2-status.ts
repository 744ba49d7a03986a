import { DescribeInstanceStatusCommand, type EC2Client } from '@aws-sdk/client-ec2';
import type { StatusChecks } from '../domain/model/instance.ts';
import { WITH_MANAGED } from './ec2-describe.ts';
import { takeApart } from './sdk/take-apart.ts';

/**
 * What EC2's status checks say of these instances, by ID; one that does not run is left out (docs/aws-behaviour.md 125), and one
 * that EC2 refuses to tell of.
 * @param instanceIds of one batch: EC2 takes 100 at a time
 * @param turn which look it is
 */
export async function describeStatusChecks(
  ec2: EC2Client,
  instanceIds: string[],
  turn: number,
): Promise<Map<string, StatusChecks>> {
  const ask = (ids: string[]) => readStatusChecks(ec2, ids);
  const { replies } = await takeApart(instanceIds, ask, { turn, wasRefused: ({ isRefusal }) => isRefusal });
  return new Map(replies.flatMap((checks) => [...checks]));
}

async function readStatusChecks(ec2: EC2Client, InstanceIds: string[]): Promise<Map<string, StatusChecks>> {
  const command = new DescribeInstanceStatusCommand({ InstanceIds, ...WITH_MANAGED });
  const { InstanceStatuses = [] } = await ec2.send(command);
  return new Map(
    InstanceStatuses.map(({ InstanceId = '', SystemStatus, InstanceStatus, AttachedEbsStatus }) => [
      InstanceId,
      {
        system: SystemStatus?.Status ?? 'unknown',
        instance: InstanceStatus?.Status ?? 'unknown',
        attachedVolumes: AttachedEbsStatus?.Status ?? 'unknown',
      },
    ]),
  );
}
