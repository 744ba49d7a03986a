import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import {
  CreateBucketCommand,
  GetObjectCommand,
  ListBucketsCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import {
  DescribeExecutionCommand,
  type DescribeExecutionCommandOutput,
  ListStateMachinesCommand,
  SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import { e2eFleet, PARAMETERS } from './e2e-fleet.ts';
import { cleanEnvironment, credentials } from './ministack.ts';
import { run, StepFailed } from './processes.ts';

const template = fileURLToPath(new URL('../../template.yaml', import.meta.url));

const STACK = 'reveille-e2e';

const BUILD_SECONDS_MAX = 60;

const DEPLOY_SECONDS_MAX = 90;

const LOOK_MILLISECONDS = 250;

/** Builds the application as it is now, beside the tree: a build that lies around could be an older one. */
export const build = (directory: string): Promise<void> =>
  run(
    'sam',
    ['build', '--template', template, '--build-dir', join(directory, 'build')],
    cleanEnvironment(),
    BUILD_SECONDS_MAX,
  );

/** Deploys it, as README.md says, to the second engine. @throws StepFailed with what `sam deploy` has said */
export function deploy(directory: string, endpoint: string, parameters = PARAMETERS): Promise<void> {
  const overrides = Object.entries(parameters).map(([name, value]) => `ParameterKey=${name},ParameterValue=${value}`);
  const args = ['deploy', '--template', join(directory, 'build', 'template.yaml'), '--stack-name', STACK];
  const flags = ['--resolve-s3', '--no-confirm-changeset', '--capabilities', 'CAPABILITY_IAM'];
  const env = { ...cleanEnvironment(), AWS_ENDPOINT_URL: endpoint };
  return run('sam', [...args, ...flags, '--parameter-overrides', ...overrides], env, DEPLOY_SECONDS_MAX);
}

/** What is deployed, by way of the second engine's own API. */
export interface Stack {
  /** Puts the region's latest agent version where AWS has it. */
  publishAgentVersion(): Promise<void>;
  /** @throws StepFailed if it has not ended after so many seconds */
  execute(name: string, input: unknown, seconds: number): Promise<DescribeExecutionCommandOutput>;
  readJson<T>(key: string): Promise<T>;
  /** The keys of the stack's bucket that begin so. */
  listKeys(prefix: string): Promise<string[]>;
}

async function findBucket(s3: S3Client): Promise<string> {
  const { Buckets = [] } = await s3.send(new ListBucketsCommand({}));
  const names = Buckets.flatMap(({ Name }) => Name ?? []);
  const bucket = names.find((name) => name.startsWith(`${STACK}-bucket`));
  if (bucket === undefined) throw new StepFailed(`the stack's bucket is not among ${names.join(', ')}`);
  return bucket;
}

export function connectStack(endpoint: string): Stack {
  const options = { endpoint, credentials, region: e2eFleet.region };
  const s3 = new S3Client({ ...options, forcePathStyle: true });
  const sfn = new SFNClient(options);
  return {
    async publishAgentVersion() {
      const Bucket = `amazon-ssm-${e2eFleet.region}`;
      await s3.send(new CreateBucketCommand({ Bucket }));
      await s3.send(new PutObjectCommand({ Bucket, Key: 'latest/VERSION', Body: `${e2eFleet.agentVersion}\n` }));
    },
    async execute(name, input, seconds) {
      const { stateMachines = [] } = await sfn.send(new ListStateMachinesCommand({}));
      const machine = stateMachines.find((one) => one.name === `${STACK}-update-agents`);
      if (machine === undefined) throw new StepFailed('the state machine was not deployed');
      const start = { stateMachineArn: machine.stateMachineArn, name, input: JSON.stringify(input) };
      const { executionArn } = await sfn.send(new StartExecutionCommand(start));
      const deadline = performance.now() + seconds * 1000;
      while (performance.now() < deadline) {
        const execution = await sfn.send(new DescribeExecutionCommand({ executionArn }));
        if (execution.status !== 'RUNNING') return execution;
        await sleep(LOOK_MILLISECONDS);
      }
      throw new StepFailed(`the execution ${name} has not ended after ${seconds} s`);
    },
    async readJson<T>(key: string) {
      const { Body } = await s3.send(new GetObjectCommand({ Bucket: await findBucket(s3), Key: key }));
      return JSON.parse((await Body?.transformToString()) ?? 'null') as T;
    },
    async listKeys(prefix) {
      const { Contents = [] } = await s3.send(
        new ListObjectsV2Command({ Bucket: await findBucket(s3), Prefix: prefix }),
      );
      return Contents.flatMap(({ Key }) => Key ?? []);
    },
  };
}
