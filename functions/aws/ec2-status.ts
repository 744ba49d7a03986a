import { DescribeInstanceStatusCommand, type EC2Client } from '@aws-sdk/client-ec2';
import type { StatusChecks } from '../domain/model/instance.ts';

/**
 * What EC2's status checks say of these instances, by ID; one that does not run is left out (docs/aws-behaviour.md 125).
 * @param instanceIds of one batch: EC2 takes 100 at a time
 */
export async function describeStatusChecks(ec2: EC2Client, instanceIds: string[]): Promise<Map<string, StatusChecks>> {
  if (instanceIds.length === 0) return new Map();
  const { InstanceStatuses = [] } = await ec2.send(new DescribeInstanceStatusCommand({ InstanceIds: instanceIds }));
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
