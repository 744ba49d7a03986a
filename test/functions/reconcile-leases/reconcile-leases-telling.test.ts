import 'aws-sdk-client-mock-jest';
import { DeleteTagsCommand, StopInstancesCommand } from '@aws-sdk/client-ec2';
import { DeleteObjectCommand, GetObjectCommand, ListObjectsV2Command, PutObjectCommand } from '@aws-sdk/client-s3';
import { PublishCommand } from '@aws-sdk/client-sns';
import { aRecord } from '../../support/bucket.ts';
import { instanceFacts, leaseValue, wokenFacts } from '../../support/builders.ts';
import { awsError, contentOf, instanceIds, leased, mockClients, stored } from '../../support/functions.ts';
import { aPageInstance, aPageReport } from '../../support/page/page-reports.ts';
import { givenAbortedRun, givenCarriers, reconcile } from '../../support/reconciling.ts';

const mocks = mockClients();
const { ec2, s3, sns } = mocks;

const [FIRST = ''] = instanceIds(1);
const awake = (instanceId: string, changes = {}) => wokenFacts({ instanceId, ...changes });
const asleep = (instanceId: string) => instanceFacts({ instanceId, tags: leased(leaseValue()) });
const released = () => ec2.commandCalls(DeleteTagsCommand).map(({ args: [{ input }] }) => input.Resources);

beforeEach(() => givenAbortedRun(mocks));

describe('ReconcileLeases, telling', () => {
  it('writes what it did beside the dead run’s other files, and tells people', async () => {
    givenCarriers(mocks, [asleep(FIRST)], [aRecord([FIRST])]);

    await reconcile('03:00');

    const [put] = s3.commandCalls(PutObjectCommand, { Key: 'runs/run-1/reconciled/pass-1.json' });
    expect(contentOf(put?.args[0].input.Body)).toMatchObject({
      runId: 'run-1',
      instances: [{ instanceId: FIRST, action: 'restored' }],
    });
    expect(sns).toHaveReceivedCommandTimes(PublishCommand, 1);
    expect(sns.commandCalls(PublishCommand)[0]?.args[0].input.Subject).toBe('After the run: 1 restored (web-1)');
  });

  it('draws the page of the run anew, with what was done since its report', async () => {
    givenCarriers(mocks, [asleep(FIRST)], [aRecord([FIRST])]);
    s3.on(GetObjectCommand, { Key: 'runs/run-1/report.json' }).resolves(stored(aPageReport([aPageInstance()])));

    await reconcile('03:00');

    expect(s3).toHaveReceivedCommandWith(PutObjectCommand, { Key: 'runs/run-1/report.html' });
  });

  it('sends no message while nothing is settled: it may take many passes', async () => {
    givenCarriers(mocks, [awake(FIRST)], [aRecord([FIRST])]);

    await reconcile('03:00');

    expect(sns).not.toHaveReceivedCommand(PublishCommand);
    expect(s3.commandCalls(PutObjectCommand).map(({ args: [{ input }] }) => input.Key)).toEqual([
      'lock.json',
      'last-complete-run.json',
    ]);
  });

  it('tells people also where nothing can be written down', async () => {
    givenCarriers(mocks, [asleep(FIRST)], [aRecord([FIRST])]);
    s3.on(PutObjectCommand, { Key: 'runs/run-1/reconciled/pass-1.json' }).rejects(awsError('SlowDown', 'no', 503));

    await reconcile('03:00');

    expect(sns).toHaveReceivedCommandTimes(PublishCommand, 1);
  });

  describe('of what AWS refuses', () => {
    const TOLD = 'runs/run-1/reconciled/refusals-told.json';

    beforeEach(() => {
      givenCarriers(mocks, [awake(FIRST)], [aRecord([FIRST])]);
      ec2.on(StopInstancesCommand).rejects(awsError('UnauthorizedOperation', 'not authorized', 403));
    });

    it('tells at once, since someone can put it right', async () => {
      await reconcile('03:00');

      const [sent] = sns.commandCalls(PublishCommand);
      expect(sent?.args[0].input.Subject).toBe('After the run: 1 refused (web-1)');
      expect(sent?.args[0].input.Message).toContain(
        'it was not stopped: StopInstances: UnauthorizedOperation: not authorized',
      );
      expect(s3).toHaveReceivedCommandWith(PutObjectCommand, { Key: TOLD });
    });

    it('tells it once for each run, and not at every pass', async () => {
      s3.on(ListObjectsV2Command, { Prefix: TOLD }).resolves({ Contents: [{ Key: TOLD }] });

      await reconcile('03:15');

      expect(sns).not.toHaveReceivedCommand(PublishCommand);
    });

    it('tells it again where the first message could not be sent', async () => {
      sns.on(PublishCommand).rejects(awsError('AuthorizationError', 'no', 403));

      await reconcile('03:00');

      expect(s3).not.toHaveReceivedCommandWith(PutObjectCommand, { Key: TOLD });
    });

    it('tells it rather twice than never, where that can not be read', async () => {
      s3.on(ListObjectsV2Command, { Prefix: TOLD }).rejects(awsError('SlowDown', 'no', 503));

      await reconcile('03:15');

      expect(sns).toHaveReceivedCommandTimes(PublishCommand, 1);
    });
  });

  it.each([
    ['the message can not be sent', () => sns.on(PublishCommand).rejects(awsError('AuthorizationError', 'no', 403))],
    [
      'nothing can be written down',
      () =>
        s3
          .on(PutObjectCommand, { Key: 'runs/run-1/reconciled/pass-1.json' })
          .rejects(awsError('ServiceUnavailable', 'no', 503)),
    ],
  ])('has restored what it has restored, though %s', async (_what, given) => {
    givenCarriers(mocks, [asleep(FIRST)], [aRecord([FIRST])]);
    given();

    expect((await reconcile('03:00')).instances).toMatchObject([{ action: 'restored' }]);
    expect(released()).toEqual([[FIRST]]);
    expect(s3).toHaveReceivedCommand(DeleteObjectCommand);
    expect(s3).toHaveReceivedCommandWith(GetObjectCommand, { Key: 'last-complete-run.json' });
  });
});
