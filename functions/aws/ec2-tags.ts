import { CreateTagsCommand, DeleteTagsCommand, type EC2Client } from '@aws-sdk/client-ec2';
import { mayBeAboutSome } from './sdk/failures.ts';
import { EACH_REQUEST, inTries, lastAnswer, sendInTime, TRIES_OF_SEVERAL } from './sdk/send-in-time.ts';
import { type TakenApart, takeApart } from './sdk/take-apart.ts';

/** One tag, with its value. */
export interface Tag {
  key: string;
  value: string;
}

/**
 * Sets one tag to one value on all of them, in one call: CreateTags takes up to 1,000 resources (docs/aws-behaviour.md 24). Where
 * EC2 refuses, on all but the bad ones.
 */
export function tagInstances(
  ec2: EC2Client,
  instanceIds: string[],
  { key, value }: Tag,
  options: { turn: number; hasTime: () => boolean },
): Promise<TakenApart<string[]>> {
  const tag = async (Resources: string[]) => {
    await ec2.send(new CreateTagsCommand({ Resources, Tags: [{ Key: key, Value: value }] }));
    return Resources;
  };
  return takeApart(instanceIds, tag, options);
}

/**
 * Removes one tag where it has that value; where EC2 refuses or fails, from all but the bad ones. Never called with an empty
 * list of tags, which would delete all of them (docs/aws-behaviour.md 35).
 */
export async function untagInstances(
  ec2: EC2Client,
  instanceIds: string[],
  { key, value }: Tag,
  { turn, hasTime }: { turn: number; hasTime: () => boolean },
): Promise<TakenApart<string[]>> {
  if (instanceIds.length === 0 || key === '') throw new RangeError('untagInstances needs instances and a key');
  // Of several, each has few: where EC2 hangs, they share the function's time.
  const triesMax = instanceIds.length === 1 ? Number.POSITIVE_INFINITY : TRIES_OF_SEVERAL;
  const untag = async (Resources: string[]) => {
    const command = new DeleteTagsCommand({ Resources, Tags: [{ Key: key, Value: value }] });
    command.middlewareStack.add(sendInTime('DeleteTags', inTries(triesMax, hasTime)), EACH_REQUEST);
    try {
      await ec2.send(command);
    } catch (error) {
      throw hasTime() ? lastAnswer(error) : error;
    }
    return Resources;
  };
  return takeApart(instanceIds, untag, { turn, hasTime, wasRefused: mayBeAboutSome });
}
