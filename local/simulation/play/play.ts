import type { Manifest } from '../../../functions/domain/listing/manifest.ts';
import type { Plan } from '../../../functions/domain/listing/plan.ts';
import type { Report } from '../../../functions/domain/report/report.ts';
import { type Account, createAccount } from '../../account/account.ts';
import { has, platformOf } from '../../account/world/machine.ts';
import { createRandom } from '../../base/random.ts';
import { runInVirtualTime } from '../../clock/virtual-time.ts';
import { deploy } from '../../deployment/deploy.ts';
import { parametersFor } from '../../deployment/fleet-parameters.ts';
import { SIMULATION_START, stateOf, warmUp } from '../../run/simulated-run.ts';
import {
  DESCRIBE_LAG_SECONDS_MAX,
  type DoneDisturbance,
  type Evidence,
  type ExecutionEvidence,
  type Standing,
} from '../evidence/evidence.ts';
import { gatherTimeline, type RunOfEntry } from '../evidence/timeline.ts';
import { FORGED_LEASE, type PlannedExecution, type Scenario } from '../scenario/scenario.ts';
import { LEASE_TAG } from './deeds.ts';
import { disturb } from './disturbances.ts';
import { createFaults } from './faults.ts';
import { createNotes } from './notes.ts';
import { createWindows } from './outages.ts';
import { type Overhearing, overhear } from './overhear.ts';
import { createReconciler, RECONCILE_EVERY_SECONDS } from './reconcile-schedule.ts';
import type { Ongoing, Played, Stage } from './stage.ts';

/** So long after the last thing that happened from outside, whatever is to be put back has been put back. */
const QUIET_AFTER_SECONDS = 4 * 3600;

/** An execution ends by itself before this. */
const EXECUTION_SECONDS_MAX = 13 * 3600;

const MANAGED_NODE = 'AWS::SSM::ManagedInstance';

const LOCK_KEY = 'lock.json';

/** As the account has it where the scenario says nothing. */
const EC2_LAG_SECONDS = 3;

const DESCRIBE_LAG_SECONDS = [0, DESCRIBE_LAG_SECONDS_MAX] as const;

export interface PlayOptions {
  /** Whether the state machine keeps its executions' histories: they cost memory. */
  histories?: boolean;
}

const pause = (seconds: number) => new Promise<void>((resolve) => setTimeout(resolve, seconds * 1000));

const leaseOf = (account: Account, id: string): string | null =>
  account.world.machines.get(id)?.tags.get(LEASE_TAG) ?? null;

const standing = (account: Account, id: string): Standing => ({
  state: stateOf(account, id),
  version: account.world.machines.get(id)?.agent.version ?? null,
  lease: leaseOf(account, id),
});

/** Whether a person has copied a lease to it: that one stays. */
const hasCopy = (done: DoneDisturbance[], id: string): boolean =>
  done.some(({ disturbance: one }) => one.kind === 'person' && one.deed === 'copy-lease' && one.instanceId === id);

/** Whether anything is left to be done: by us, or by EC2 itself. */
function isAtRest({ account, before, done, executions, reconciler }: Stage): boolean {
  account.settle();
  if (executions.some(({ endedAt }) => endedAt === null) || reconciler.isBusy()) return false;
  if (account.objects.read(account.bucket, LOCK_KEY) !== null) return false;
  // A dead run is reported by a pass, and that may be struck, too.
  if (executions.some(({ name }) => account.objects.read(account.bucket, `open-runs/${name}.json`) !== null))
    return false;
  return [...account.world.machines.values()].every((machine) => {
    if (has(machine, 'hangs-in-pending') || has(machine, 'stuck-stopping')) return true;
    const { id, state, tags } = machine;
    const lease = tags.get(LEASE_TAG) ?? null;
    const isHeld = lease !== null && lease !== before.get(id)?.lease && lease !== FORGED_LEASE && !hasCopy(done, id);
    return state !== 'pending' && state !== 'stopping' && !isHeld;
  });
}

/** Waits until nothing changes any more: a whole pass of the reconciler has found nothing to do; or until it should have. */
async function rest(stage: Stage, disturbed: Promise<unknown>): Promise<void> {
  await disturbed;
  let lastActivityAt = Date.now();
  let passesAtRest = 0;
  while (passesAtRest < 2) {
    const running = stage.executions.filter(({ endedAt }) => endedAt === null);
    const isLate = running.some(({ startedAt }) => Date.now() - startedAt > EXECUTION_SECONDS_MAX * 1000);
    if (running.length > 0 && !isLate) lastActivityAt = Date.now();
    if (Date.now() - lastActivityAt > QUIET_AFTER_SECONDS * 1000) return;
    await pause(RECONCILE_EVERY_SECONDS);
    passesAtRest = isAtRest(stage) ? passesAtRest + 1 : 0;
  }
}

/** @param earlier those that stand before it: it may wait for one of them to end */
async function startPlanned(stage: Stage, planned: PlannedExecution, earlier: Promise<Ongoing>[]): Promise<Ongoing> {
  if (planned.after !== undefined) await (await earlier[planned.after])?.execution.result;
  await pause(planned.atSeconds);
  stage.notes.write('execution starts', `${planned.name} with ${JSON.stringify(planned.input)}`);
  const execution = stage.machine.start(planned.name, planned.input);
  const startedAt = Date.now();
  const lives = [{ from: startedAt, to: null }];
  const ongoing: Ongoing = { ...planned, startedAt, endedAt: null, lives, result: null, execution };
  stage.executions.push(ongoing);
  stage.follow(ongoing);
  return ongoing;
}

/** Notes an execution's end. */
const followerOf =
  (stage: Stage) =>
  (ongoing: Ongoing): void => {
    const { execution, name } = ongoing;
    void execution.result.then((result) => {
      // A redrive has gone on with it.
      if (ongoing.execution !== execution) return;
      const endedAt = Date.now();
      Object.assign(ongoing, { endedAt, result });
      Object.assign(ongoing.lives.at(-1) ?? {}, { to: endedAt });
      const why = 'error' in result ? `: ${result.error}` : '';
      stage.notes.write('execution ends', `${name} ${result.status}${why}`);
    });
  };

/** Plays a scenario to its end, in virtual time. The same scenario gives the same evidence, to the byte. */
export async function play(scenario: Scenario, { histories = false }: PlayOptions = {}): Promise<Played> {
  const { fleet, seed } = scenario;
  await warmUp(fleet);
  return runInVirtualTime(SIMULATION_START, seed, async () => {
    const account = createAccount({ fleet, seed, now: () => Date.now(), ...scenario.habits });
    const notes = createNotes(account.journal, account.settle);
    const windows = createWindows(notes);
    const { intercept, betweenOf, runs } = createFaults({
      account,
      notes,
      faults: scenario.faults,
      windows,
      coldSeconds: scenario.coldSeconds ?? null,
    });
    const ids = [...new Set(fleet.groups.flatMap(({ instances }) => instances.map(({ id }) => id)))];
    const before = new Map(ids.map((id) => [id, standing(account, id)]));
    const overheard = overhear(account, ids);
    const lags = createRandom(seed, 'describe-lags');
    const machine = deploy({
      account,
      seed,
      parameters: { ...parametersFor(fleet), ...scenario.parameters },
      intercept,
      metricsOf: overheard.metricsOf,
      executions: { histories, lagSeconds: () => lags.between(DESCRIBE_LAG_SECONDS) },
    });
    for (const [name, lambda] of Object.entries(machine.functions)) lambda.between = betweenOf(name);
    const reconciler = createReconciler({ machine, notes, random: createRandom(seed, 'reconciler') });
    const stage: Stage = {
      account,
      before,
      machine,
      executions: [],
      reconciler,
      windows,
      notes,
      done: [],
      follow: () => undefined,
    };
    stage.follow = followerOf(stage);

    const started: Promise<Ongoing>[] = [];
    for (const planned of scenario.executions) started.push(startPlanned(stage, planned, [...started]));
    const disturbed = scenario.disturbances.map((disturbance) => disturb(stage, disturbance));
    await rest(stage, Promise.all([...started, ...disturbed]));
    reconciler.stop();
    account.settle();
    const evidence = gather(scenario, stage, runs, overheard);
    return { evidence, account, machine, notes: notes.all };
  });
}

const parseText = <T>(text: string): T => JSON.parse(text) as T;

/** What lies in the folder of each run under this name, as a whole. */
const readEach = <T>({ account, executions }: Stage, file: string, read: (text: string) => T): Record<string, T> =>
  Object.fromEntries(
    executions.flatMap(({ name }) => {
      const text = account.objects.read(account.bucket, `runs/${name}/${file}`);
      return text === null ? [] : [[name, read(text)]];
    }),
  );

/** By the keys that stand in the journal: what was written there, as it stands in the end. */
function readBoots({ account }: Stage): Record<string, number> {
  const keys = account.journal.entries.flatMap((entry) =>
    entry.kind === 'call' && entry.operation === 'PutObject' && entry.error === null
      ? [(entry.parameters as { key: string }).key]
      : [],
  );
  return Object.fromEntries(
    [...new Set(keys.filter((key) => key.includes('/boots/')))].flatMap((key) => {
      const text = account.objects.read(account.bucket, key);
      return text === null ? [] : [[key, Date.parse((JSON.parse(text) as { launchTime: string }).launchTime)]];
    }),
  );
}

function gather(scenario: Scenario, stage: Stage, runs: RunOfEntry, { pings, metrics }: Overhearing): Evidence {
  const { account, before, executions, machine, notes } = stage;
  const { groups } = scenario.fleet;
  const reports = readEach(stage, 'report.json', parseText<Report>);
  const told = readEach(stage, 'report-told.json', parseText<{ subject?: string }>);
  return {
    startedAt: SIMULATION_START.getTime(),
    endedAt: Date.now(),
    latestVersion: scenario.fleet.agentVersion,
    parameters: scenario.parameters,
    describeLagSeconds: scenario.habits?.describeLagSeconds ?? EC2_LAG_SECONDS,
    habits: scenario.habits ?? {},
    groups: groups.map(({ name, resourceTypes = null, otherResources = [] }) => ({
      name,
      resourceTypes,
      nodeIds: otherResources.flatMap(({ type, arn }) => (type === MANAGED_NODE ? [arn.split('/').at(-1) ?? ''] : [])),
    })),
    instances: [...before].map(([instanceId, standingBefore]) => {
      const holders = groups.filter(({ instances }) => instances.some(({ id }) => id === instanceId));
      const spec = holders[0]?.instances.find(({ id }) => id === instanceId);
      const isSettling = standingBefore.state === 'pending' || standingBefore.state === 'stopping';
      return {
        instanceId,
        name: spec?.name ?? null,
        groups: holders.map(({ name }) => name),
        behaviours: spec?.behaviours ?? [],
        answers: spec?.answers ?? [],
        platform: platformOf(spec ?? { platform: 'amazon-linux-2023', behaviours: [] }).ec2PlatformDetails,
        before: standingBefore,
        settled: isSettling ? (spec?.state ?? standingBefore.state) : standingBefore.state,
        after: standing(account, instanceId),
      };
    }),
    timeline: gatherTimeline(account.journal.entries, runs),
    executions: executions.map(
      ({ name, input, startedAt, endedAt, lives, result }): ExecutionEvidence => ({
        name,
        input,
        startedAt,
        endedAt,
        lives,
        status: result?.status ?? 'RUNNING',
        error: result !== null && 'error' in result ? (result.error ?? null) : null,
        report: reports[name] ?? null,
        ...(name in told && { toldSubject: told[name]?.subject ?? '' }),
      }),
    ),
    disturbances: stage.done,
    faults: notes.all
      .filter(({ what }) => what.startsWith('fault '))
      .map(({ at, what, detail }) => ({ at, what, text: detail })),
    messages: account.messages.map(({ message }) => message),
    lock: account.objects.read(account.bucket, LOCK_KEY),
    longestHistory: machine.tally.longestHistory,
    overheard: {
      pings,
      metrics,
      mails: account.messages.map(({ at, subject, message, bodies, attributes }) => ({
        at,
        subject,
        message,
        https: bodies['https'] ?? '{}',
        attributes,
      })),
      plans: readEach(stage, 'plan.json', parseText<Plan>),
      manifests: readEach(stage, 'manifest.json', parseText<Manifest>),
      pages: readEach(stage, 'report.html', String),
      boots: readBoots(stage),
    },
  };
}
