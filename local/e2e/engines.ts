import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Plan } from '../../functions/domain/listing/plan.ts';
import type { StartRecord } from '../../functions/domain/ownership/start-record.ts';
import type { Report } from '../../functions/domain/report/report.ts';
import { type Simulated, simulate, stateOf } from '../run/simulated-run.ts';
import type { Judgement, Listening, Question } from './account-process.ts';
import {
  type Check,
  compareEndings,
  comparePlans,
  compareReports,
  compareStates,
  type Ending,
  knownDifference,
  promisesKept,
} from './compare.ts';
import { e2eFleet, PARAMETERS, RUN_SIMULATED_SECONDS_MAX, SEED } from './e2e-fleet.ts';
import { cleanEnvironment, installMiniStack, startMiniStack } from './ministack.ts';
import { converse, freePorts, StepFailed } from './processes.ts';
import { build, connectStack, deploy, type Stack } from './stack.ts';

const ANSWER_SECONDS_MAX = 15;

const SHORT_RUN_SECONDS_MAX = 45;

/** Three executions, in this order: the third changes the fleet. */
const DRY_RUN = { name: 'dry-run', input: { dryRun: true } };

const REFUSED = { name: 'refused', input: { groups: ['no-such-group'] } };

const RUN = { name: 'run', input: {} };

/** So begins the text of the rule in template.yaml. */
const SOMEONE_IS_TOLD = 'Someone has to be told when a run fails. Give NotificationEmail';

type Execution = { name: string; input: object };

const inProcess = ({ name, input }: Execution): Promise<Simulated> =>
  simulate({ fleet: e2eFleet, seed: SEED, parameters: PARAMETERS, runId: name, input });

/** In process an execution has an error and a cause only if it failed. */
const endingOf = ({ execution }: Simulated): Ending => ({
  error: '',
  cause: '',
  ...execution,
  status: execution.status,
});

async function there(stack: Stack, { name, input }: Execution, seconds: number): Promise<Ending> {
  const { status = '', error = '', cause = '' } = await stack.execute(name, input, seconds);
  return { status, error, cause };
}

/** What a step says when it fails, in one line. */
const refusalOf = (step: Promise<void>): Promise<string> =>
  step.then(
    () => 'it was not refused',
    (error: Error) => error.message.replace(/\s+/g, ' '),
  );

const ending = ({ status, error, cause }: Ending): Ending => ({ status, error, cause });

/** Says what was not there, instead of comparing nothing with nothing. */
function present<T>(what: string, value: T | null): T {
  if (value === null) throw new StepFailed(`${what} is not there`);
  return value;
}

/** What the batch's child workflow was told that its name is: it stands in its record. */
async function childOf(stack: Stack): Promise<string> {
  const [key] = await stack.listKeys(`runs/${RUN.name}/records/`);
  return (await stack.readJson<StartRecord>(present('a record', key ?? null))).child;
}

const statesOf = ({ account, intended }: Simulated): Record<string, string> =>
  Object.fromEntries([...intended].map((id) => [id, stateOf(account, id)]));

/**
 * Lets the same fleet be updated by both engines, and compares. The second one is told by the first one's account what
 * its instances do, so all that differs is the engine: deployment, state machine, Lambda, S3 and SNS.
 * @param directory for whatever is made on the way
 * @param speed simulated seconds a second
 * @throws StepFailed
 */
export async function compareEngines(
  { directory, speed }: { directory: string; speed: number },
  narrate: (text: string) => void,
): Promise<Check[]> {
  const here = { dry: await inProcess(DRY_RUN), refused: await inProcess(REFUSED), run: await inProcess(RUN) };
  narrate(`in process: done, ${Math.round(here.run.durationSeconds / 60)} simulated minutes`);

  const command = await installMiniStack();
  narrate('MiniStack is installed');
  const [enginePort = 0, accountPort = 0] = await freePorts(2);
  const accountUrl = `http://127.0.0.1:${accountPort}`;
  const clockFile = join(directory, 'clock.json');
  const [engine] = await Promise.all([
    startMiniStack(command, { port: enginePort, accountUrl, directory, clockFile, speed }),
    build(directory),
  ]);
  narrate(`MiniStack is at ${engine.endpoint}, the application is built`);
  const stack = connectStack(engine.endpoint);
  await stack.publishAgentVersion();
  const { NotificationEmail: _, ...tellingNoOne } = PARAMETERS;
  const told = await refusalOf(deploy(directory, engine.endpoint, tellingNoOne));
  narrate('a deployment that tells no one was tried');
  await deploy(directory, engine.endpoint);
  narrate('template.yaml is deployed, as it is');

  // Only now: while it is deployed, no time of an instance should pass.
  const ask = converse<Question, Listening | Judgement>(
    new URL('account-process.ts', import.meta.url),
    cleanEnvironment(),
  );
  const { realStart, accountStart } = (await ask({ port: accountPort, speed }, ANSWER_SECONDS_MAX)) as Listening;
  writeFileSync(clockFile, JSON.stringify({ realStart, accountStart, speed }));
  narrate(`the account is at ${accountUrl}, at ${speed} simulated seconds a second`);

  try {
    const dry = await there(stack, DRY_RUN, SHORT_RUN_SECONDS_MAX);
    narrate(`dry run: ${dry.status}`);
    const refused = await there(stack, REFUSED, SHORT_RUN_SECONDS_MAX);
    narrate(`refused run: ${refused.status} ${refused.error}`);
    const run = await there(stack, RUN, RUN_SIMULATED_SECONDS_MAX / speed);
    narrate(`run: ${run.status} ${run.error}`);
    const report = await stack.readJson<Report>(`runs/${RUN.name}/report.json`);
    const child = await childOf(stack);
    const { checks, states, calls, refusedCalls } = (await ask({ judge: report }, ANSWER_SECONDS_MAX)) as Judgement;
    narrate(`${calls} calls reached the account, which refused ${refusedCalls} of them`);
    return [
      {
        what: 'a deployment that tells no one is refused, and told what to give',
        wrong: told.includes(SOMEONE_IS_TOLD) ? [] : [told],
      },
      compareEndings('the dry run', ending(endingOf(here.dry)), dry),
      ...comparePlans(
        present('the plan of the dry run in process', here.dry.plan),
        await stack.readJson<Plan>(`runs/${DRY_RUN.name}/plan.json`),
      ),
      compareEndings('the run', ending(endingOf(here.run)), run),
      ...compareReports(present('the report of the run in process', here.run.report), report),
      ...promisesKept(checks),
      compareStates(statesOf(here.run), states),
      knownDifference(
        `every error of a function is Runtime.HandlerError there, so a run that AWS ends with ${endingOf(here.refused).error} ends with ListingFailed`,
        'FAILED ListingFailed',
        `${refused.status} ${refused.error}`,
      ),
      knownDifference(
        "to a child workflow, $$.Execution.Name is its parent's name there; in AWS it is its own",
        RUN.name,
        child,
      ),
    ];
  } catch (error) {
    throw new StepFailed(`${(error as Error).message}\nMiniStack's last words:\n${engine.output()}`, { cause: error });
  }
}
