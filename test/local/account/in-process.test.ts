import { DescribeInstancesCommand } from '@aws-sdk/client-ec2';
import { GetObjectCommand } from '@aws-sdk/client-s3';
import { createEc2Client, createS3Client } from '../../../functions/aws/sdk/clients.ts';
import { createAccount } from '../../../local/account/account.ts';
import { connect } from '../../../local/account/in-process.ts';
import { runInVirtualTime } from '../../../local/clock/virtual-time.ts';
import { SIMULATION_START, warmUp } from '../../../local/run/simulated-run.ts';
import { aFleet } from '../../support/account.ts';

describe('the door for clients in this process', () => {
  const before = { ...process.env };
  afterEach(() => {
    process.env = { ...before };
  });

  it('is found whatever AWS settings this machine has', async () => {
    Object.assign(process.env, { AWS_USE_FIPS_ENDPOINT: 'true', AWS_ENDPOINT_URL: 'http://127.0.0.1:1' });
    const fleet = aFleet();
    await warmUp(fleet);
    const hosts = await runInVirtualTime(SIMULATION_START, 1, async () => {
      const asked: string[] = [];
      const account = createAccount({ fleet, seed: 1, now: () => Date.now() });
      const options = connect(account, 'someone', 1, {
        intercept(request, _principal, send) {
          asked.push(request.hostname);
          return send();
        },
      });
      await createEc2Client(options).send(new DescribeInstancesCommand({}));
      const latest = { Bucket: `amazon-ssm-${fleet.region}`, Key: 'latest/VERSION' };
      await createS3Client(options).send(new GetObjectCommand(latest));
      return asked;
    });
    expect(hosts).toEqual(['ec2.eu-central-1.amazonaws.com', 'amazon-ssm-eu-central-1.s3.eu-central-1.amazonaws.com']);
  });
});
