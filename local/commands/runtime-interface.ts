import assert from 'node:assert/strict';
import { resolve } from 'node:path';
import type { Batch } from '../../functions/domain/batch/batch.ts';
import { BadInput } from '../base/bad-input.ts';
import { runCommand } from '../base/command-line.ts';
import type { BuiltFunction } from '../bundles/built-functions.ts';
import { type EmulatedFunction, findRuntime, startEmulated } from '../bundles/emulated-function.ts';
import { asBatch, samples } from '../bundles/samples.ts';
import { callsSince, type OpenedAccount, openAccount } from '../bundles/served-account.ts';

/** The account is this much older than the run of the samples. */
const LEAD_MILLISECONDS = 90_000;

const USAGE = `Calls built functions under the real runtime interface of Lambda.

  node local/commands/runtime-interface.ts FOLDER FILE

  FOLDER  samcli/local/rapid of an installed SAM CLI
  FILE    index.mjs of an installed aws-lambda-ric`;

/** What a function answers to its sample, in an account where the sample's run has just begun. */
interface Trial {
  logicalId: string;
  sample: unknown;
  counts: Partial<Batch['counts']>;
  calls: string[];
}

const trials: Trial[] = [
  {
    // Its instance sleeps here: what is to be verified does not run any more.
    logicalId: 'VerifyVersionsFunction',
    sample: samples.verify,
    counts: { restore: 1, unsettled: 1 },
    calls: ['ec2:DescribeInstances', 'ssm:DescribeInstanceInformation'],
  },
  {
    // Of its two instances, one has been running all the time; the other's start does not show yet.
    logicalId: 'CheckReadinessFunction',
    sample: samples.readiness,
    counts: { readiness: 1, update: 1, unsettled: 2 },
    calls: ['ec2:DescribeInstances', 'ssm:DescribeInstanceInformation'],
  },
];

const print = (text: string) => process.stdout.write(`${text}\n`);

async function attempt(
  { sample, counts, calls }: Trial,
  emulated: EmulatedFunction,
  { account }: OpenedAccount,
  { logicalId }: BuiltFunction,
): Promise<void> {
  const refused = (await emulated.invoke({})) as { errorType?: string };
  assert.equal(refused.errorType, 'InvalidInput', `an empty event: ${JSON.stringify(refused)}`);
  const reply = await emulated.invoke(sample);
  const batch = asBatch(reply);
  assert.deepEqual({ ...batch.counts, ...counts }, batch.counts);
  assert.equal(batch.invocations, asBatch(sample).invocations + 1);
  // The empty event was refused before any call.
  assert.deepEqual(callsSince(account, 0, logicalId), calls);
}

async function main(): Promise<number> {
  const [folder, file] = process.argv.slice(2);
  if (folder === undefined || file === undefined) throw new BadInput(USAGE);
  const runtime = findRuntime(resolve(folder), resolve(file));
  // As in `npm run bundles`: when the instances were stopped before, the samples know.
  const opened = await openAccount(new Date(Date.parse(samples.list.startedAt) - LEAD_MILLISECONDS), 1);
  let failed = 0;
  try {
    for (const trial of trials) {
      const built = opened.built.find(({ logicalId }) => logicalId === trial.logicalId);
      if (built === undefined) throw new Error(`${trial.logicalId} is not built`);
      const emulated = await startEmulated(built, opened.environmentOf(built), runtime);
      try {
        await attempt(trial, emulated, opened, built);
        print(`${trial.logicalId.padEnd(26)}passed`);
      } catch (error) {
        failed++;
        print(`${trial.logicalId.padEnd(26)}FAILED: ${error}\n${emulated.output()}`);
      } finally {
        await emulated.end();
      }
    }
  } finally {
    await opened.close();
  }
  print(`\n${trials.length - failed} passed, ${failed} failed`);
  return failed === 0 ? 0 : 1;
}

await runCommand(main);
