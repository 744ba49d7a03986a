import { type BehaviourName, behaviourNames } from '../../account/fleet/behaviours.ts';
import type { Fleet, FleetInstance } from '../../account/fleet/fleet.ts';
import { platformNames } from '../../account/fleet/platforms.ts';
import { createRandom, type Random } from '../../base/random.ts';
import { drawDisturbances, drawFaults } from './draw-trouble.ts';
import type { PlannedExecution, Scenario } from './scenario.ts';
import { chance, pick, pickWeighted } from './weighted-choice.ts';

const LATEST = '3.3.551.0';

const OLDER = ['3.1.1732.0', '3.2.582.0', '3.2.1630.0', '3.3.40.0', '3.3.90.0', '3.3.131.0'];

const SIZES: [number, number][] = [
  [1, 20],
  [2, 24],
  [3, 20],
  [4, 12],
  [5, 8],
  [6, 6],
  [7, 4],
  [8, 3],
  [16, 1],
];

/** What goes together with whatever else is special about an instance. */
const ANY_TIME: BehaviourName[] = [
  'slow-boot',
  'slow-stop',
  'update-fails',
  'update-rolls-back',
  'update-hangs',
  'command-lost',
  'association-at-boot',
  'version-reported-late',
  'no-capacity-at-first',
];

const ONLY_STOPPED = new Set<BehaviourName>(['hibernated', 'hibernation-falls-back']);

/** Of the instances, so many have something special about them; and of these, so many two things. */
const SPECIAL_SHARE = 0.45;

const TWICE_SHARE = 0.15;

function drawInstance(random: Random, index: number): FleetInstance {
  const behaviours: BehaviourName[] = [];
  if (chance(random, SPECIAL_SHARE)) behaviours.push(pick(random, behaviourNames));
  if (behaviours.length > 0 && chance(random, TWICE_SHARE)) {
    const second = pick(random, ANY_TIME);
    if (second !== behaviours[0]) behaviours.push(second);
  }
  const isStopped = behaviours.some((name) => ONLY_STOPPED.has(name)) || chance(random, 0.8);
  return {
    id: `i-${(index + 1).toString(16).padStart(17, '0')}`,
    name: `web-${index + 1}`,
    state: isStopped ? 'stopped' : 'running',
    platform: pick(random, platformNames),
    agentVersion: chance(random, 0.2) ? LATEST : pick(random, OLDER),
    behaviours,
  };
}

function drawFleet(random: Random): Fleet {
  const count = pickWeighted(random, SIZES);
  const instances = Array.from({ length: count }, (_, index) => drawInstance(random, index));
  const groupCount = Math.min(
    count,
    pickWeighted(random, [
      [1, 60],
      [2, 30],
      [3, 10],
    ]),
  );
  const groups = Array.from({ length: groupCount }, (_, index) => ({
    name: ['dev', 'test', 'prod'][index] as string,
    instances: instances.filter((__, position) => position % groupCount === index),
  }));
  const [first] = instances;
  // One that stands in two groups counts once.
  if (groupCount > 1 && first !== undefined && chance(random, 0.15)) groups.at(-1)?.instances.push(first);
  return { region: 'eu-central-1', agentVersion: LATEST, groups };
}

/** Deadlines are as deployed, mostly; a shorter one is another way through the rules. */
function drawParameters(random: Random): Record<string, string> {
  const parameters: Record<string, string> = { BatchSize: String(random.integer([1, 4])) };
  const shorten = (name: string, seconds: readonly number[]) => {
    if (chance(random, 0.1)) parameters[name] = String(pick(random, seconds));
  };
  shorten('StartDeadlineSeconds', [60, 300]);
  shorten('ReadinessDeadlineSeconds', [120, 300]);
  shorten('UpdateDeadlineSeconds', [120, 600]);
  shorten('VerifyDeadlineSeconds', [120, 600]);
  shorten('RestoreDeadlineSeconds', [300, 600]);
  return parameters;
}

const SCHEDULED = '2026-12-06T02:00:00Z';

const FINISHES = ['2026-12-06T02:30:00Z', '2026-12-06T04:10:00Z', '2026-12-06T05:00:00Z', '2026-12-06T10:00:00Z'];

const LATER = '2026-12-06T02:30:00Z';

function drawInput(random: Random, { groups }: Fleet): Record<string, unknown> {
  const input: Record<string, unknown> = {};
  if (chance(random, 0.6)) input['scheduledTime'] = SCHEDULED;
  if (chance(random, 0.1)) input['groups'] = [pick(random, groups).name];
  if (chance(random, 0.1)) input['targetVersion'] = pick(random, ['3.3.131.0', '3.2.1630.0', LATEST]);
  if (chance(random, 0.03)) input['dryRun'] = true;
  if (chance(random, 0.05)) input['allowEmpty'] = true;
  if (chance(random, 0.08)) input['finishBy'] = pick(random, FINISHES);
  return input;
}

/** The run itself; now and then another one beside it or after it. */
function drawExecutions(random: Random, fleet: Fleet): PlannedExecution[] {
  const first: PlannedExecution = { atSeconds: 0, name: 'run-1', input: drawInput(random, fleet) };
  if (!chance(random, 0.15)) return [first];
  const input = pick(random, [
    first.input,
    first.input,
    { ...first.input, scheduledTime: LATER },
    {},
    drawInput(random, fleet),
  ]);
  const atSeconds = pick(random, [
    0,
    0,
    random.integer([1, 60]),
    random.integer([60, 1200]),
    random.integer([1200, 5400]),
  ]);
  return [first, { atSeconds, name: 'run-2', input }];
}

/** Draws a simulation from its seed. */
export function drawScenario(seed: number): Scenario {
  const random = createRandom(seed, 'scenario');
  const fleet = drawFleet(random);
  const executions = drawExecutions(random, fleet);
  return {
    seed,
    fleet,
    parameters: drawParameters(random),
    executions,
    faults: drawFaults(random),
    disturbances: drawDisturbances(random, fleet, executions.length),
  };
}
