import 'aws-sdk-client-mock-jest';
import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { mockClient } from 'aws-sdk-client-mock';
import { createBucket } from '../../../functions/aws/bucket.ts';
import type { BatchInstance } from '../../../functions/domain/batch/batch-instance.ts';
import type { InstanceFacts } from '../../../functions/domain/model/instance.ts';
import type { Attempt } from '../../../functions/domain/ownership/attempt.ts';
import { attemptsOf } from '../../../functions/domain/ownership/owner.ts';
import { proveBoots, recallBoots } from '../../../functions/operations/prove-boots.ts';
import {
  anAttempt,
  anInstance,
  aProvedAttempt,
  at,
  INSTANCE_ID,
  instanceFacts,
  ours,
  stamp,
  theirs,
  wokenFacts,
} from '../../support/builders.ts';
import { awsError, contentOf, noSuchKey, stored } from '../../support/functions.ts';

const s3 = mockClient(S3Client);
const bucket = createBucket(new S3Client({ region: 'eu-central-1' }), 'reveille-bucket');
const CHILD = { stateMachine: 'reveille-update-agents', runId: 'run-1', child: 'child-1' };
const Key = `runs/run-1/boots/child-1/attempt-1/${INSTANCE_ID}.json`;
const BOOT = { kind: 'known', launchTime: stamp('02:00:30'), isAssumed: false } as const;

/** EC2 has accepted its start at 02:00:29, and it was stopped before. */
const sought = anAttempt({
  boot: {
    kind: 'sought',
    repliedAt: stamp('02:00:29'),
    previousLaunchTime: instanceFacts().launchTime,
    previousTransitionReason: instanceFacts().transitionReason,
    wasSeenAwake: false,
  },
});
const started = anInstance({ step: 'readiness', owner: ours([sought], stamp('02:00:29')) });
const late = wokenFacts({ launchTime: stamp('02:00:55') });

const prove = (facts: InstanceFacts[], instances: BatchInstance[] = [started]) =>
  proveBoots(bucket, CHILD, instances, {
    facts: new Map(facts.map((one) => [one.instanceId, one])),
    at: at('02:01'),
  });
const bootsOf = (instances: BatchInstance[]) =>
  instances.flatMap(({ owner }) => attemptsOf(owner).map(({ boot }) => boot));
const writes = () => s3.commandCalls(PutObjectCommand).map(({ args: [{ input }] }) => input);

beforeEach(() => {
  s3.reset();
  s3.on(GetObjectCommand).rejects(noSuchKey());
  s3.on(PutObjectCommand).resolves({ ETag: '"a-boot"' });
});

describe('a boot that is ours', () => {
  it('is written once, only if nothing is there, before anything follows from it', async () => {
    expect(bootsOf(await prove([wokenFacts()]))).toEqual([BOOT]);

    expect(writes()).toMatchObject([{ Key, IfNoneMatch: '*' }]);
    expect(contentOf(writes()[0]?.Body)).toEqual(BOOT);
  });

  it('is not written again by later looks', async () => {
    const [proved = started] = await prove([wokenFacts()]);
    expect(await prove([wokenFacts()], [proved])).toEqual([proved]);
    expect(writes()).toHaveLength(1);
  });

  it('is the one that is there already, whatever this look shows: another copy has seen it first', async () => {
    const first = { ...BOOT, launchTime: stamp('02:00:28') };
    s3.on(PutObjectCommand).rejects(awsError('PreconditionFailed', 'there is one', 412));
    s3.on(GetObjectCommand, { Key }).resolves(stored(first));

    expect(bootsOf(await prove([wokenFacts()]))).toEqual([first]);
  });

  it('is not known where it can not be written: the next look finds it', async () => {
    s3.on(PutObjectCommand).rejects(awsError('InternalError', 'sorry', 500));

    await expect(prove([wokenFacts()])).rejects.toMatchObject({ name: 'InternalError' });
  });
});

describe('a look that proves nothing', () => {
  it('writes nothing, and remembers that the instance was seen awake', async () => {
    const [seen] = await prove([wokenFacts({ launchTime: instanceFacts().launchTime })]);

    expect(seen === undefined ? [] : bootsOf([seen])).toMatchObject([{ kind: 'sought', wasSeenAwake: true }]);
    expect(s3.calls()).toEqual([]);
  });

  it.each([
    ['someone else’s', anInstance({ owner: theirs([sought]) })],
    ['of which nothing is known', anInstance()],
  ])('leaves alone what is %s', async (_whose, instance) => {
    expect(await prove([wokenFacts()], [instance])).toEqual([instance]);
    expect(await prove([], [started])).toEqual([started]);
    expect(s3.calls()).toEqual([]);
  });

  it('is in doubt only where no other copy knows better', async () => {
    expect(bootsOf(await prove([late]))).toEqual([{ kind: 'doubtful' }]);
    expect(writes()).toEqual([]);

    s3.on(GetObjectCommand, { Key }).resolves(stored(BOOT));
    expect(bootsOf(await prove([late]))).toEqual([BOOT]);
  });
});

describe('the boots of another child', () => {
  const recall = (...attempts: Attempt[]) => recallBoots(bucket, CHILD, INSTANCE_ID, attempts);

  it('are those that it has written', async () => {
    s3.on(GetObjectCommand, { Key }).resolves(stored(BOOT));
    expect(await recall(sought)).toEqual([aProvedAttempt()]);
    expect(await recall(anAttempt())).toEqual([aProvedAttempt()]);
  });

  it('are judged by the reader where it has written none', async () => {
    expect(await recall(sought, anAttempt())).toEqual([sought, anAttempt()]);
  });

  it('are not asked for where none can be its own, or it is known', async () => {
    const refused = anAttempt({ startBy: anAttempt().recordedAt });
    expect(await recall(refused, aProvedAttempt())).toEqual([refused, aProvedAttempt()]);
    expect(s3.calls()).toEqual([]);
  });

  it('are none of ours where what was written can not be read: then nothing is stopped for it', async () => {
    s3.on(GetObjectCommand, { Key }).resolves(stored({ kind: 'guessed' }));
    expect(await recall(sought)).toMatchObject([{ boot: { kind: 'doubtful' } }]);
    s3.on(GetObjectCommand, { Key }).rejects(awsError('InvalidObjectState', 'it is archived', 403));
    expect(await recall(sought)).toMatchObject([{ boot: { kind: 'doubtful' } }]);
    s3.on(GetObjectCommand, { Key }).rejects(awsError('InternalError', 'try again', 500));
    await expect(recall(sought)).rejects.toMatchObject({ name: 'InternalError' });
  });
});
