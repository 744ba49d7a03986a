import type { ServiceHabits } from '../../account/account.ts';
import type { FleetInstance } from '../../account/fleet/fleet.ts';
import type { Scenario } from './scenario.ts';

const without = <T>(items: T[], index: number): T[] => items.filter((_, position) => position !== index);

/** Takes an instance out, with what was to be done to it, and its group if no other instance is in it. */
function withoutInstance(scenario: Scenario, instanceId: string): Scenario {
  const groups = scenario.fleet.groups
    .map((group) => ({ ...group, instances: group.instances.filter(({ id }) => id !== instanceId) }))
    .filter(({ instances }) => instances.length > 0);
  const disturbances = scenario.disturbances.filter(
    (disturbance) => disturbance.kind !== 'person' || disturbance.instanceId !== instanceId,
  );
  return { ...scenario, fleet: { ...scenario.fleet, groups }, disturbances };
}

/** With one instance that is otherwise, in each of its groups. */
function withChanged(scenario: Scenario, instanceId: string, change: (one: FleetInstance) => FleetInstance): Scenario {
  const groups = scenario.fleet.groups.map((group) => ({
    ...group,
    instances: group.instances.map((one) => (one.id === instanceId ? change(one) : one)),
  }));
  return { ...scenario, fleet: { ...scenario.fleet, groups } };
}

/** One without its n-th behaviour. */
const withoutBehaviour = (scenario: Scenario, instanceId: string, index: number): Scenario =>
  withChanged(scenario, instanceId, (one) => ({ ...one, behaviours: without(one.behaviours, index) }));

/** One without its n-th odd answer. */
const withoutAnswer = (scenario: Scenario, instanceId: string, index: number): Scenario =>
  withChanged(scenario, instanceId, (one) => ({ ...one, answers: without(one.answers ?? [], index) }));

/** Everything that is one thing smaller, the biggest steps first. */
function* smaller(scenario: Scenario): Generator<Scenario> {
  const { disturbances, faults, executions, fleet, parameters, habits = {} } = scenario;
  if (disturbances.length > 1) yield { ...scenario, disturbances: [] };
  if (faults.length > 1) yield { ...scenario, faults: [] };
  for (const index of disturbances.keys()) yield { ...scenario, disturbances: without(disturbances, index) };
  for (const index of faults.keys()) yield { ...scenario, faults: without(faults, index) };
  // Who disturbs an execution names it by its place: only the last one can go.
  if (executions.length > 1) yield { ...scenario, executions: executions.slice(0, -1) };
  const instances = new Map(fleet.groups.flatMap((group) => group.instances.map((one) => [one.id, one])));
  if (instances.size > 1) for (const id of instances.keys()) yield withoutInstance(scenario, id);
  for (const [id, { behaviours, answers = [] }] of instances) {
    for (const index of behaviours.keys()) yield withoutBehaviour(scenario, id, index);
    for (const index of answers.keys()) yield withoutAnswer(scenario, id, index);
  }
  for (const name of Object.keys(parameters)) {
    const { [name]: _dropped, ...rest } = parameters;
    yield { ...scenario, parameters: rest };
  }
  for (const [index, { input }] of executions.entries()) {
    for (const name of Object.keys(input)) {
      const { [name]: _dropped, ...rest } = input;
      yield { ...scenario, executions: executions.map((one, at) => (at === index ? { ...one, input: rest } : one)) };
    }
  }
  if (scenario.coldSeconds !== undefined) {
    const { coldSeconds: _dropped, ...rest } = scenario;
    yield rest;
  }
  for (const name of Object.keys(habits) as (keyof ServiceHabits)[]) {
    const { [name]: _dropped, ...rest } = habits;
    yield { ...scenario, habits: rest };
  }
  for (const [index, fault] of faults.entries()) {
    if (fault.times > 1)
      yield { ...scenario, faults: faults.map((one, at) => (at === index ? { ...one, times: 1 } : one)) };
  }
}

export const TRIES_MAX = 150;

/**
 * Drops one thing after another, as long as the same promise stays broken.
 * @param isBroken tries a scenario
 * @returns the smallest one found, within a bounded number of tries
 */
export async function shrink(
  scenario: Scenario,
  isBroken: (scenario: Scenario) => Promise<boolean>,
  triesMax = TRIES_MAX,
): Promise<Scenario> {
  let smallest = scenario;
  let tries = 0;
  for (let hasShrunk = true; hasShrunk; ) {
    hasShrunk = false;
    for (const candidate of smaller(smallest)) {
      if (++tries > triesMax) return smallest;
      if (!(await isBroken(candidate))) continue;
      smallest = candidate;
      hasShrunk = true;
      break;
    }
  }
  return smallest;
}
