// Loads each bundle that `sam build` has made, as Lambda would: in a process of its own, with the environment that the
// template gives it. A bundle that can't be loaded, or whose errors have lost their names to the minifier, fails only
// when deployed; here it fails sooner. Touches no network: an empty event is refused before any AWS call.
import { spawnSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parse } from 'yaml';

const BUILD = join(dirname(fileURLToPath(import.meta.url)), '../.aws-sam/build');
const LOAD_TIMEOUT_MS = 30_000;

/** What the template leaves to the deployment: parameters without a default, and what resources are called. */
const STAND_INS = {
  ResourceGroups: 'example-group',
  ScheduleTimezone: 'UTC',
  Bucket: 'example-bucket',
  Topic: 'arn:aws:sns:us-east-1:123456789012:example-topic',
  'AWS::Partition': 'aws',
  'AWS::Region': 'us-east-1',
  'AWS::AccountId': '123456789012',
  'AWS::StackName': 'reveille',
};

const print = (line) => process.stdout.write(`${line}\n`);

/** Runs in the child process: what Lambda does at init, then one invocation. */
async function load(file, handlerName) {
  const begin = performance.now();
  const { [handlerName]: handler } = await import(pathToFileURL(file).href);
  const initMs = Math.round(performance.now() - begin);
  if (typeof handler !== 'function') throw new Error(`exports no function "${handlerName}"`);
  const context = { awsRequestId: '00000000-0000-0000-0000-000000000000', getRemainingTimeInMillis: () => 60_000 };
  const answer = await handler({}, context).then(
    () => 'accepted',
    (error) => error.name,
  );
  if (answer !== 'InvalidInput') throw new Error(`an empty event was answered with ${answer} instead of InvalidInput`);
  process.stdout.write(`\n${JSON.stringify({ initMs })}`);
}

function resolve(value, parameters) {
  if (value === null || typeof value !== 'object') return String(value);
  const { Ref: name, 'Fn::Join': join, 'Fn::Sub': text, 'Fn::If': choice } = value;
  // Conditions are not judged here: of two values the first one will do.
  if (choice !== undefined) return resolve(choice[1], parameters);
  if (text !== undefined) return text.replace(/\$\{([\w:]+)\}/g, (_, inner) => resolve({ Ref: inner }, parameters));
  if (join !== undefined)
    return [join[1]]
      .flat()
      .map((part) => resolve(part, parameters))
      .join(join[0]);
  const known = STAND_INS[name] ?? parameters[name]?.Default;
  if (known === undefined) throw new Error(`no value for ${JSON.stringify(value)}`);
  return String(known);
}

function check(logicalId, { Properties: properties }, { Globals, Parameters }) {
  const { Handler, Environment } = { ...Globals.Function, ...properties };
  const [module, handlerName] = Handler.split('.');
  const file = join(BUILD, properties.CodeUri, `${module}.mjs`);
  const variables = { ...Globals.Function.Environment?.Variables, ...Environment?.Variables };
  const env = Object.fromEntries(Object.entries(variables).map(([key, value]) => [key, resolve(value, Parameters)]));
  const child = spawnSync(process.execPath, [fileURLToPath(import.meta.url), file, handlerName], {
    env: { ...env, AWS_REGION: 'us-east-1' },
    encoding: 'utf8',
    timeout: LOAD_TIMEOUT_MS,
  });
  if (child.status !== 0) throw new Error(child.error?.message ?? child.stderr.trim());
  const { initMs } = JSON.parse(child.stdout.split('\n').at(-1));
  const kilobytes = Math.round(statSync(file).size / 1000);
  print(`${logicalId.padEnd(28)}${String(kilobytes).padStart(6)} kB${String(initMs).padStart(6)} ms init`);
}

function main() {
  const template = parse(readFileSync(join(BUILD, 'template.yaml'), 'utf8'));
  const functions = Object.entries(template.Resources).filter(([, { Type }]) => Type === 'AWS::Serverless::Function');
  if (functions.length === 0) throw new Error('the built template has no functions');
  for (const [logicalId, resource] of functions) {
    try {
      check(logicalId, resource, template);
    } catch (error) {
      process.exitCode = 1;
      print(`${logicalId.padEnd(28)} FAILED: ${error.message}`);
    }
  }
}

const [, , file, handlerName] = process.argv;
if (file === undefined) main();
else await load(file, handlerName);
