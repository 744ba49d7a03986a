import { CreateTagsCommand, DeleteTagsCommand, type EC2Client } from '@aws-sdk/client-ec2';
import { isAboutInstances } from './ec2-refusals.ts';
import { type Bisected, bisect } from './sdk/bisect.ts';

/** Sets one tag to one value on all of them, in one call: CreateTags takes up to 1,000 resources (docs/aws-behaviour.md 24). */
export async function tagInstances(ec2: EC2Client, instanceIds: string[], key: string, value: string): Promise<void> {
  await ec2.send(new CreateTagsCommand({ Resources: instanceIds, Tags: [{ Key: key, Value: value }] }));
}

/**
 * Removes one tag where it has that value; where EC2 refuses, from all but the bad ones. Never called with an empty
 * list of tags, which would delete all of them (docs/aws-behaviour.md 35).
 */
export async function untagInstances(
  ec2: EC2Client,
  instanceIds: string[],
  key: string,
  value: string,
): Promise<Bisected<string, string[]>> {
  if (instanceIds.length === 0 || key === '') throw new RangeError('untagInstances needs instances and a key');
  const untag = async (Resources: string[]) => {
    await ec2.send(new DeleteTagsCommand({ Resources, Tags: [{ Key: key, Value: value }] }));
    return Resources;
  };
  return bisect(instanceIds, untag, { isAboutIds: isAboutInstances });
}
