import {
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type PutObjectCommandInput,
} from '@aws-sdk/client-s3';
import { aFleet, refusal, type Visit, visit } from '../../../support/account.ts';
import { TARGET } from '../../../support/builders.ts';

type Conditions = Pick<PutObjectCommandInput, 'IfMatch' | 'IfNoneMatch'>;

const put = ({ s3, account }: Visit, Body: string, conditions: Conditions = {}, Key = 'lock') =>
  s3.send(new PutObjectCommand({ Bucket: account.bucket, Key, Body, ...conditions }));
const read = async ({ s3, account }: Visit, Key = 'lock', Bucket = account.bucket) =>
  (await s3.send(new GetObjectCommand({ Bucket, Key }))).Body?.transformToString();
const remove = ({ s3, account }: Visit, IfMatch?: string) =>
  s3.send(new DeleteObjectCommand({ Bucket: account.bucket, Key: 'lock', ...(IfMatch ? { IfMatch } : {}) }));

const inBucket = (work: (here: Visit) => Promise<void>) => visit(aFleet(), work);
const preconditionFailed = { name: 'PreconditionFailed', status: 412 };
const noSuchKey = { name: 'NoSuchKey', status: 404 };

describe('objects', () => {
  it.each(['plain', 'Grüße, <&"> \u{1F4A4}', JSON.stringify({ deep: [1, null] }), 'x'.repeat(300_000)])(
    'come back as they were put (case %#)',
    (text) =>
      inBucket(async (here) => {
        await put(here, text);
        expect(await read(here)).toBe(text);
      }),
  );

  it('have keys of any characters, and sizes in bytes', () =>
    inBucket(async (here) => {
      const key = 'runs/a b+c=ü%20&?/results.json';
      await put(here, 'ü', {}, key);
      expect(await read(here, key)).toBe('ü');
      const { Contents } = await here.s3.send(new ListObjectsV2Command({ Bucket: here.account.bucket }));
      expect(Contents).toMatchObject([{ Key: key, Size: 2, LastModified: expect.any(Date) }]);
    }));

  it('are replaced by an unconditional put', () =>
    inBucket(async (here) => {
      await put(here, 'first');
      await put(here, 'second');
      expect(await read(here)).toBe('second');
    }));

  it('are in their own bucket only', () =>
    inBucket(async (here) => {
      await put(here, 'mine');
      expect(await refusal(read(here, 'lock', `amazon-ssm-${here.account.region}`))).toMatchObject(noSuchKey);
    }));

  it('are gone once they are deleted; deleting them again is no error', () =>
    inBucket(async (here) => {
      await put(here, 'here');
      await remove(here);
      expect(await refusal(read(here))).toMatchObject(noSuchKey);
      await expect(remove(here)).resolves.toBeDefined();
    }));
});

describe('conditional puts', () => {
  it('If-None-Match: the first one writes, the second one finds it taken, and changes nothing', () =>
    inBucket(async (here) => {
      await put(here, 'first', { IfNoneMatch: '*' });
      expect(await refusal(put(here, 'second', { IfNoneMatch: '*' }))).toEqual({
        ...preconditionFailed,
        message: 'At least one of the pre-conditions you specified did not hold',
      });
      expect(await read(here)).toBe('first');
    }));

  it('If-None-Match: of many at once, just one writes', () =>
    inBucket(async (here) => {
      const tries = ['a', 'b', 'c', 'd', 'e'].map((body) => put(here, body, { IfNoneMatch: '*' }));
      const settled = await Promise.allSettled(tries);
      expect(settled.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    }));

  it('If-None-Match: after a delete, it is free again', () =>
    inBucket(async (here) => {
      await put(here, 'first', { IfNoneMatch: '*' });
      await remove(here);
      await put(here, 'second', { IfNoneMatch: '*' });
      expect(await read(here)).toBe('second');
    }));

  it('If-Match: writes over what it has seen, and over nothing else', () =>
    inBucket(async (here) => {
      const { ETag = '' } = await put(here, 'first');
      await put(here, 'second', { IfMatch: ETag });
      expect(await refusal(put(here, 'third', { IfMatch: ETag }))).toMatchObject(preconditionFailed);
      expect(await read(here)).toBe('second');
    }));

  it('If-Match: a missing object is not written', () =>
    inBucket(async (here) => {
      expect(await refusal(put(here, 'x', { IfMatch: '"0"' }))).toMatchObject(noSuchKey);
      expect(here.account.objects.keys(here.account.bucket)).toEqual([]);
    }));

  it('a delete of a missing object is a success, and a conditional one is not', () =>
    inBucket(async (here) => {
      await remove(here);
      expect(await refusal(remove(here, '"0"'))).toMatchObject(noSuchKey);
    }));

  it('a conditional delete spares what someone else has written', () =>
    inBucket(async (here) => {
      const { ETag = '' } = await put(here, 'mine');
      const other = await put(here, "another's");
      expect(await refusal(remove(here, ETag))).toMatchObject(preconditionFailed);
      expect(await read(here)).toBe("another's");
      await remove(here, other.ETag);
      expect(await refusal(read(here))).toMatchObject(noSuchKey);
    }));
});

describe("the agent's own bucket", () => {
  it("names the region's latest version", () =>
    inBucket(async (here) => {
      expect(await read(here, 'latest/VERSION', 'amazon-ssm-eu-central-1')).toBe(`${TARGET}\n`);
    }));
});
