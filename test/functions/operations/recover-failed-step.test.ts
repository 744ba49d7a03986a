import 'aws-sdk-client-mock-jest';
import { ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { ListCommandsCommand, SSMClient } from '@aws-sdk/client-ssm';
import { mockClient } from 'aws-sdk-client-mock';
import { createBucket } from '../../../functions/aws/bucket.ts';
import type { InstanceAt } from '../../../functions/domain/batch/batch-instance.ts';
import type { Attempts } from '../../../functions/domain/ownership/owner.ts';
import { updateSsmAgent } from '../../../functions/domain/work/update-ssm-agent.ts';
import { findLateWrites } from '../../../functions/operations/recover-failed-step.ts';
import { aRecord, givenRecords } from '../../support/bucket.ts';
import { aBatch, anAttempt, anInstance, ours, seeking, stamp, theirs } from '../../support/builders.ts';

const s3 = mockClient(S3Client);
const ssm = mockClient(SSMClient);
const region = 'eu-central-1';
const tools = {
  bucket: createBucket(new S3Client({ region }), 'reveille-bucket'),
  ssm: new SSMClient({ region }),
  work: updateSsmAgent,
};

const REFUSED = anAttempt({ startBy: anAttempt().recordedAt });
const LATE = { attempt: 'attempt-2', recordedAt: stamp('02:02'), startBy: stamp('02:03') };
/** StartInstances has failed for good, and a copy of its Lambda has gone on. */
const failed = (changes: Partial<InstanceAt<'restore'>>): InstanceAt<'restore'> =>
  anInstance({ step: 'restore', outcome: 'failed', strayUntil: stamp('02:03:30'), ...changes });
const look = async (instance: InstanceAt<'restore'>): Promise<InstanceAt<'restore'> | undefined> => {
  const [seen] = await findLateWrites(tools, aBatch([instance], { attempts: ['attempt-1'] }), [instance]);
  return seen;
};

beforeEach(() => {
  s3.reset();
  ssm.reset();
  ssm.on(ListCommandsCommand).resolves({ Commands: [] });
});

describe('what a copy of a failed StartInstances does after the step has failed', () => {
  it.each<[string, Partial<InstanceAt<'restore'>>, Attempts]>([
    ['that was never tried', {}, [seeking(LATE)]],
    ['that was tried before, and refused', { owner: ours([REFUSED]) }, [seeking(LATE), REFUSED]],
    [
      'of which it is known already, by what was read last',
      { owner: ours([{ ...LATE, startBy: stamp('02:09') }, REFUSED]) },
      [seeking(LATE), REFUSED],
    ],
  ])('is found for an instance %s', async (_what, changes, attempts) => {
    givenRecords(s3, aRecord([anInstance().instanceId]), aRecord([anInstance().instanceId], LATE));

    expect((await look(failed(changes)))?.owner).toEqual(ours(attempts));
  });

  it.each<[string, Partial<InstanceAt<'restore'>>]>([
    ['that Reveille has started', { owner: ours([REFUSED], stamp('02:01')) }],
    ['that ran before', { originalState: 'running' }],
    ['of others', { owner: theirs([REFUSED]) }],
    ['of another step', { owner: ours([REFUSED]), strayUntil: null }],
  ])('is not looked for on an instance %s', async (_what, changes) => {
    givenRecords(s3, aRecord([anInstance().instanceId], LATE));

    expect(await look(failed(changes))).toEqual(failed(changes));
    expect(s3).not.toHaveReceivedCommand(ListObjectsV2Command);
  });
});
