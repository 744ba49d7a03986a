import { readdirSync, readFileSync } from 'node:fs';
import { batchSchema } from '../../../functions/domain/batch/batch.ts';
import { executionInputSchema } from '../../../functions/domain/listing/execution-input.ts';
import { parseExecutionArn } from '../../../functions/domain/model/execution-arn.ts';
import { ACCOUNT_ID, createAccount } from '../../../local/account/account.ts';
import { readFleet } from '../../../local/account/fleet/fleet.ts';
import { builtFunctions, lambdaEnvironment } from '../../../local/bundles/built-functions.ts';
import { scenes } from '../../../local/bundles/sample-scenes.ts';
import { asBatch, heldInSamples, samples } from '../../../local/bundles/samples.ts';
import { referencesOf } from '../../../local/deployment/deploy.ts';
import { parametersFor } from '../../../local/deployment/fleet-parameters.ts';
import { readTemplate } from '../../../local/deployment/template.ts';

const root = new URL('../../../', import.meta.url);
const readJson = (path: string) => JSON.parse(readFileSync(new URL(path, root), 'utf8'));
const fleet = readFleet(new URL('local/bundles/fleet.json', root).pathname);
const account = createAccount({ fleet, seed: 1, now: () => 0 });
const template = readTemplate();
const references = referencesOf(account, template, parametersFor(fleet));
const functions = builtFunctions(template, '/build', references);
const onConveyor = [samples.start, samples.readiness, samples.update, samples.verify, samples.restore];

describe('the samples of events/', () => {
  it('are of one run, in the account of their fleet', () => {
    const { partition: _, ...run } = parseExecutionArn(samples.list.executionArn) ?? {};
    for (const sample of [...onConveyor, samples.report]) expect(sample).toMatchObject({ run });
    expect(run).toMatchObject({ region: fleet.region, account: ACCOUNT_ID });
    expect(asBatch(samples.start).run.targetVersion).toBe(fleet.agentVersion);
  });

  it('name instances of their fleet, as they were before the run', () => {
    const states = new Map(fleet.groups.flatMap(({ instances }) => instances.map(({ id, state }) => [id, state])));
    for (const sample of onConveyor) {
      for (const { instanceId, originalState } of asBatch(sample).instances) {
        expect([instanceId, states.get(instanceId)]).toEqual([instanceId, originalState]);
      }
    }
  });

  it('say nothing that the schema does not know', () => {
    for (const sample of onConveyor) expect(batchSchema.parse(sample)).toMatchObject(sample as object);
  });

  it('hold the sleeping instance, all with one attempt', () => {
    const { instanceId, newest } = heldInSamples();
    for (const sample of [samples.readiness, samples.update, samples.verify, samples.restore]) {
      const held = asBatch(sample).instances.find((one) => one.instanceId === instanceId);
      expect(held?.owner).toMatchObject({ kind: 'reveille', attempts: [newest] });
    }
  });

  it.each(readdirSync(new URL('events/', root)).filter((name) => name.startsWith('execution')))(
    '%s is an input of an execution',
    (name) => {
      expect(executionInputSchema.safeParse(readJson(`events/${name}`)).success).toBe(true);
    },
  );

  it('call every function of the template', () => {
    expect(new Set(scenes.map(({ logicalId }) => logicalId))).toEqual(
      new Set(functions.map(({ logicalId }) => logicalId)),
    );
  });
});

describe('a built function', () => {
  const verify = functions.find(({ logicalId }) => logicalId === 'VerifyVersionsFunction');

  it('is where the template says, with what the template gives it', () => {
    expect(verify).toMatchObject({
      file: '/build/functions/verify-versions/index.mjs',
      handler: 'index.handler',
      handlerName: 'handler',
      timeoutSeconds: 60,
      environment: { VERIFY_DEADLINE_SECONDS: '3900' },
    });
  });

  it('has the account for AWS, and calls under its own name', () => {
    if (verify === undefined) throw new Error('no VerifyVersionsFunction');
    expect(lambdaEnvironment(verify, 'us-east-1', 'http://127.0.0.1:4566')).toMatchObject({
      VERIFY_DEADLINE_SECONDS: '3900',
      AWS_ENDPOINT_URL: 'http://127.0.0.1:4566',
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'VerifyVersionsFunction',
    });
  });
});
