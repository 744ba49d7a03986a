import { DescribeInstancesCommand } from '@aws-sdk/client-ec2';
import { createEc2Client } from '../../functions/aws/sdk/clients.ts';
import type { Plan } from '../../functions/domain/listing/plan.ts';
import type { Report } from '../../functions/domain/report/report.ts';
import { type Account, createAccount, type ServiceHabits } from '../account/account.ts';
import type { Fleet } from '../account/fleet/fleet.ts';
import { connect } from '../account/in-process.ts';
import type { JournalEntry } from '../account/world/journal.ts';
import { runInVirtualTime } from '../clock/virtual-time.ts';
import { type DeploymentOptions, deploy } from '../deployment/deploy.ts';
import { parametersFor } from '../deployment/fleet-parameters.ts';
import type { ExecutionResult, Tally } from '../engine/model.ts';

/** When every simulated run starts: the first Sunday of a month, at night. */
export const SIMULATION_START = new Date('2026-12-06T02:00:00.000Z');

export interface SimulationOptions {
  fleet: Fleet;
  seed: number;
  /** The execution's input. */
  input?: unknown;
  runId?: string;
  /** How AWS itself behaves; as usual where it says nothing. */
  habits?: ServiceHabits;
  /** Parameters of template.yaml that this deployment gives instead of their defaults. */
  parameters?: Record<string, string>;
  onEntry?: (entry: JournalEntry) => void;
  /** Just before the run: what is to happen to the account meanwhile. */
  prepare?: (account: Account) => void;
  wrap?: DeploymentOptions['wrap'];
  logger?: DeploymentOptions['logger'];
}

export interface Simulated {
  account: Account;
  execution: ExecutionResult;
  tally: Tally;
  report: Report | null;
  plan: Plan | null;
  /** How each instance stood before the run, by ID. */
  before: Map<string, string>;
  /** What the run was meant for: the instances of its groups. */
  intended: Set<string>;
  durationSeconds: number;
}

let warmedUp: Promise<void> | null = null;

/** The first SDK call of a process reads configuration files; virtual time would overtake it. */
export function warmUp(fleet: Fleet): Promise<void> {
  warmedUp ??= (async () => {
    const account = createAccount({ fleet, seed: 0, now: () => 0 });
    await createEc2Client(connect(account, 'warm-up', 0)).send(new DescribeInstancesCommand({}));
  })();
  return warmedUp;
}

/** An instance's state as a person would name it. */
export const stateOf = (account: Account, instanceId: string): string => {
  const machine = account.world.machines.get(instanceId);
  if (machine === undefined) return 'not-found';
  const hibernated = machine.state === 'stopped' && machine.stateReason?.code === 'Client.UserInitiatedHibernate';
  return hibernated ? 'hibernated' : machine.state;
};

const readJson = <T>(account: Account, key: string): T | null => {
  const text = account.objects.read(account.bucket, key);
  return text === null ? null : (JSON.parse(text) as T);
};

/** Runs the whole application once, on an embedded account of this fleet, in virtual time. The same seed gives the same run. */
export async function simulate(options: SimulationOptions): Promise<Simulated> {
  const { fleet, seed, input = {}, runId = `demo-${seed}`, onEntry } = options;
  await warmUp(fleet);
  return runInVirtualTime(SIMULATION_START, seed, async () => {
    const account = createAccount({ fleet, seed, now: () => Date.now(), ...options.habits });
    if (onEntry) account.journal.onEntry(onEntry);
    options.prepare?.(account);
    const before = new Map([...account.world.machines.keys()].map((id) => [id, stateOf(account, id)]));
    const machine = deploy({
      account,
      seed,
      parameters: { ...parametersFor(fleet), ...options.parameters },
      ...(options.wrap ? { wrap: options.wrap } : {}),
      ...(options.logger ? { logger: options.logger } : {}),
    });
    const execution = await machine.start(runId, input).result;
    const { groups, instances: named } = input as { groups?: unknown; instances?: unknown };
    const isNamed = ({ id, name }: Fleet['groups'][number]['instances'][number]) =>
      !Array.isArray(named) || named.includes(id) || named.includes(name);
    const chosen = Array.isArray(groups) ? fleet.groups.filter(({ name }) => groups.includes(name)) : fleet.groups;
    const durationSeconds = (Date.now() - SIMULATION_START.getTime()) / 1000;
    account.settle();
    return {
      account,
      execution,
      tally: machine.tally,
      report: readJson<Report>(account, `runs/${runId}/report.json`),
      plan: readJson<Plan>(account, `runs/${runId}/plan.json`),
      before,
      intended: new Set(chosen.flatMap(({ instances }) => instances.filter(isNamed).map(({ id }) => id))),
      durationSeconds,
    };
  });
}
