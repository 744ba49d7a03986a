import { CreateTagsCommand, DeleteTagsCommand, EC2Client } from '@aws-sdk/client-ec2';
import { mockClient } from 'aws-sdk-client-mock';
import { tagInstances, untagInstances } from '../../../functions/aws/ec2-tags.ts';
import { awsError, instanceIds } from '../../support/functions.ts';

const ec2 = mockClient(EC2Client);
const client = new EC2Client({ region: 'eu-central-1' });
const hasTime = () => true;

beforeEach(() => ec2.reset());

describe('tags', () => {
  it('sets one tag on all in one call', async () => {
    ec2.on(CreateTagsCommand).resolves({});

    await tagInstances(client, ['i-1', 'i-2'], { key: 'key', value: 'value' }, { turn: 0, hasTime: () => true });

    const [call] = ec2.commandCalls(CreateTagsCommand);
    expect(call?.args[0].input).toEqual({ Resources: ['i-1', 'i-2'], Tags: [{ Key: 'key', Value: 'value' }] });
  });

  it('removes one tag, only where it has that value', async () => {
    ec2.on(DeleteTagsCommand).resolves({});

    await untagInstances(client, ['i-1'], { key: 'key', value: 'value' }, { turn: 0, hasTime });

    const [call] = ec2.commandCalls(DeleteTagsCommand);
    expect(call?.args[0].input).toEqual({ Resources: ['i-1'], Tags: [{ Key: 'key', Value: 'value' }] });
  });

  it('removes it from the others where EC2 fails to remove it from one', async () => {
    const ids = instanceIds(4);
    const [bad = ''] = ids;
    ec2.on(DeleteTagsCommand).callsFake(({ Resources }: { Resources: string[] }) => {
      if (Resources.includes(bad)) throw awsError('InternalError', 'An internal error has occurred', 500);
      return {};
    });

    const { replies, refused } = await untagInstances(
      client,
      ids,
      { key: 'key', value: 'value' },
      { turn: 0, hasTime },
    );

    expect(refused.map(({ id }) => id)).toEqual([bad]);
    expect(replies.flat()).toEqual(ids.filter((id) => id !== bad));
  });

  it.each([
    ['instances', [], 'key'],
    ['a key', ['i-1'], ''],
  ])('never asks EC2 to remove a tag without %s: that would remove all of them', async (_what, ids, key) => {
    await expect(untagInstances(client, ids, { key, value: 'value' }, { turn: 0, hasTime })).rejects.toThrow(
      RangeError,
    );

    expect(ec2.calls()).toEqual([]);
  });
});
