import type { ServiceHabits } from '../../account/account.ts';
import type { Fleet } from '../../account/fleet/fleet.ts';
import { createRandom, type Random } from '../../base/random.ts';
import { drawHealthyFleet, drawMixedFleet, drawSleeper, LATEST, oneGroup } from '../scenario/draw-fleet.ts';
import { drawDisturbances, drawFaults, drawHarmlessFault } from '../scenario/draw-trouble.ts';
import { countTroublesome, drawOverlays, layOddInstance, NO_OVERLAYS, type Overlays } from '../scenario/overlays.ts';
import type { Night, PlannedExecution, Scenario } from '../scenario/scenario.ts';
import { chance, pick, pickWeighted } from '../scenario/weighted-choice.ts';
import { stories } from './all-stories.ts';
import { drawCrowd, withFailedCalls, withOddAnswers, withRefusedLooks } from './draw-odd-answers.ts';
import { withOddMember } from './odd-members.ts';
import { answerLost, type Kind, struck } from './story.ts';

/** Deadlines are as deployed, mostly; a shorter one is another way through the rules. */
function drawParameters(random: Random): Record<string, string> {
  const parameters: Record<string, string> = { BatchSize: String(random.integer([1, 4])) };
  const shorten = (name: string, seconds: readonly number[]) => {
    if (chance(random, 0.1)) parameters[name] = String(pick(random, seconds));
  };
  shorten('StartDeadlineSeconds', [60, 300]);
  shorten('ReadinessDeadlineSeconds', [120, 300]);
  shorten('UpdateDeadlineSeconds', [120, 600]);
  shorten('VerifyDeadlineSeconds', [360, 600]);
  shorten('RestoreDeadlineSeconds', [300, 600]);
  shorten('WindowSeconds', [5400, 7200, 10_800, 21_600]);
  return parameters;
}

const SCHEDULED = '2026-12-06T02:00:00Z';

/** Of every length, in each of the forms that people use. */
function drawFinish(random: Random): string {
  const moment = Date.parse(SCHEDULED) + random.integer([20, 240]) * 60_000;
  const utc = new Date(moment).toISOString();
  const inTokyo = new Date(moment + 9 * 3_600_000).toISOString().replace('Z', '+09:00');
  return pick(random, [utc, inTokyo, utc.slice(11, 16)]);
}

const LATER = '2026-12-06T02:30:00Z';

function drawInput(random: Random, { groups }: Fleet): Record<string, unknown> {
  const input: Record<string, unknown> = {};
  if (chance(random, 0.6)) input['scheduledTime'] = SCHEDULED;
  if (chance(random, 0.1)) input['groups'] = [pick(random, groups).name];
  if (chance(random, 0.1)) input['targetVersion'] = pick(random, ['3.3.131.0', '3.2.1630.0', LATEST]);
  if (chance(random, 0.03)) input['dryRun'] = true;
  if (chance(random, 0.05)) input['allowEmpty'] = true;
  if (chance(random, 0.08)) input['finishBy'] = drawFinish(random);
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

const theRun = (random: Random): PlannedExecution => ({
  atSeconds: 0,
  name: 'run-1',
  input: chance(random, 0.6) ? { scheduledTime: SCHEDULED } : {},
});

/** Whatever goes wrong, together; now and then in a run for one member of the groups only. */
function drawMixedNight(random: Random): Night {
  const fleet = drawMixedFleet(random);
  const executions = drawExecutions(random, fleet);
  const night = {
    fleet,
    parameters: drawParameters(random),
    executions,
    faults: drawFaults(random),
    disturbances: drawDisturbances(random, fleet, executions.length),
    ...(chance(random, 0.06) ? { habits: { describeLagSeconds: random.integer([5, 40]) } } : {}),
  };
  const ids = fleet.groups.flatMap(({ instances }) => instances.map(({ id }) => id));
  if (ids.length === 0 || !chance(random, 0.15)) return night;
  const instances = [pick(random, ids)];
  return { ...night, executions: executions.map((one) => ({ ...one, input: { ...one.input, instances } })) };
}

/** Nothing at all goes wrong. */
const drawQuietNight = (random: Random): Night => ({
  fleet: drawHealthyFleet(random),
  parameters: { BatchSize: String(random.integer([1, 4])) },
  executions: [theRun(random)],
  faults: [],
  disturbances: [],
});

/** A healthy fleet, and one fault of those that are tried again. */
const drawHarmlessNight = (random: Random): Night => ({
  ...drawQuietNight(random),
  faults: [drawHarmlessFault(random)],
});

/** A run that begins right after another one has died without a word to EventBridge: it takes over what that one has left. */
function drawNightAfterTheDead(random: Random): Night {
  const diesAtSeconds = random.integer([15, 600]);
  return {
    ...drawQuietNight(random),
    fleet: chance(random, 0.6) ? drawHealthyFleet(random) : drawMixedFleet(random),
    executions: [theRun(random), { atSeconds: random.integer([1, 150]), after: 0, name: 'run-2', input: {} }],
    disturbances: [
      { kind: 'events', fate: 'lost', atSeconds: diesAtSeconds - 5, seconds: 3600 },
      { kind: chance(random, 0.5) ? 'abort' : 'time-out', atSeconds: diesAtSeconds, execution: 0 },
    ],
  };
}

/** The reply to a start is lost while describes still say `stopped`, for longer than usual; or LaunchTime comes late as well. */
function drawNightOfLostStarts(random: Random): Night {
  const [describeLagSeconds, launchTimeSeconds, refusedTimes = 0] = pick(random, LOST_STARTS_LAG);
  const count = random.integer([1, 3]);
  const sleepers = Array.from({ length: count }, (_, index) => drawSleeper(random, index));
  const drawn = { ...drawQuietNight(random), fleet: oneGroup(sleepers), parameters: { BatchSize: '4' } };
  const shared = { function: 'StartInstancesFunction', nth: 1, times: 1, seconds: 2 };
  if (launchTimeSeconds !== undefined) {
    return {
      ...drawn,
      faults: [
        answerLost,
        ...(refusedTimes === 0 ? [] : [struck('refused', 'StartInstancesFunction', { nth: 3, times: refusedTimes })]),
      ],
      habits: { describeLagSeconds, launchTimeSeconds },
    };
  }
  const kind = pick(random, ['lost-reply', 'stalled'] as const);
  return {
    ...drawn,
    faults: [
      chance(random, 0.75)
        ? { ...shared, on: 'call', kind, operation: 'StartInstances' }
        : { ...shared, on: 'invocation', nth: 2, kind: pick(random, ['lost-result', 'abandoned', 'twin'] as const) },
    ],
    habits: { describeLagSeconds },
  };
}

/**
 * How long describes lag, and how long after its start LaunchTime comes, where that is not as usual. Then the next try comes at
 * once, up to half a minute later (3 refusals), or not at all (6).
 */
const LOST_STARTS_LAG: [number, [number, number]?, number?][] = [
  [0],
  [15],
  [40],
  [0, [-2, 2]],
  [0, [-2, 2]],
  [0, [15, 45]],
  [0, [24, 30], 3],
  [0, [24, 30], 3],
  [0, [25, 40], 6],
  [0, [61, 80]],
  [0, [61, 80], 6],
  [0, [100, 250]],
];

/** What is drawn, and how many of a thousand simulations are such. */
export const kinds: readonly Kind[] = [
  { name: 'quiet night', ofThousand: 22, isKind: true, draw: drawQuietNight },
  { name: 'one harmless fault', ofThousand: 26, isKind: true, draw: drawHarmlessNight },
  { name: 'after the dead', ofThousand: 20, draw: drawNightAfterTheDead },
  { name: 'lost starts', ofThousand: 44, draw: drawNightOfLostStarts },
  ...stories.map((story) => ({ ...story, name: `story: ${story.name}` })),
  { name: 'mixed', ofThousand: 35, draw: drawMixedNight },
];

/** Most accounts give full pages; the others have a second page everywhere. */
const PAGE_SIZES: [number | null, number][] = [
  [null, 55],
  [3, 15],
  [2, 15],
  [1, 15],
];

function drawHabits(random: Random): ServiceHabits {
  const pageSizeMax = pickWeighted(random, PAGE_SIZES);
  return pageSizeMax === null ? {} : { pageSizeMax };
}

/** Whole numbers times this, without what is before the point, are spread evenly. */
const GOLDEN_RATIO = (Math.sqrt(5) - 1) / 2;

/** From 0 to 1, evenly in any row of whole numbers. */
export const spread = (index: number): number => (index * GOLDEN_RATIO) % 1;

/** What the simulation of this seed is of (each kind gets its share in any row of seeds), and where it stands among those of its kind: from 0 to 1, spread evenly, too. */
function kindOf(seed: number): { kind: Kind; place: number } {
  let left = spread(seed) * 1000;
  for (const kind of kinds) {
    if (left < kind.ofThousand) return { kind, place: left / kind.ofThousand };
    left -= kind.ofThousand;
  }
  return { kind: kinds.at(-1) as Kind, place: 0 };
}

/** The first thing that a kind draws takes turns: each of its variants comes as often as the others. */
function beginningWith(first: number, random: Random): Random {
  let next = (): number => {
    next = random.next;
    return first;
  };
  const between = ([low, high]: readonly [number, number]) => low + next() * (high - low);
  return { next: () => next(), between, integer: ([low, high]) => Math.floor(between([low, high + 1])) };
}

/** Draws a simulation from its seed. */
export function drawScenario(seed: number): Scenario {
  const { kind, place } = kindOf(seed);
  return drawNight(kind, place, seed);
}

/**
 * Draws a simulation of this kind. What is laid over it gives way to what its story is about.
 * @param place from 0 to 1, where it stands among those of its kind: the first thing that the kind draws
 */
export function drawNight(kind: Kind, place: number, seed: number): Scenario {
  const night = kind.draw(beginningWith(place, createRandom(seed, 'scenario')));
  const { fleet, ...laidOver } = kind.isKind ? { ...NO_OVERLAYS, fleet: night.fleet } : layOver(night, seed);
  return {
    seed,
    drawnAs: kind.name,
    ...laidOver,
    ...night,
    fleet,
    habits: { ...drawHabits(createRandom(seed, 'habits')), ...laidOver.habits, ...night.habits },
    disturbances: [...night.disturbances, ...laidOver.disturbances],
    parameters: { ...night.parameters, ...languageOf(seed) },
  };
}

/** What of it depends on the night itself is drawn here; each from random numbers of its own. */
function layOver(night: Night, seed: number): Overlays & Pick<Night, 'fleet'> {
  const drawn = drawOverlays(seed);
  const crowd = drawCrowd(createRandom(seed, 'open commands of others'), night);
  const answered = withOddAnswers(night.fleet, createRandom(seed, 'odd answers'));
  const seen = withRefusedLooks(answered, createRandom(seed, 'refused looks'));
  const failed = withFailedCalls(seen, createRandom(seed, 'failed calls'));
  const fleet = withOddMember(layOddInstance(seed, failed), seed);
  const { stopShownSeconds, ...habits } = drawn.habits;
  // A deployment that gives up a stop sooner than EC2 shows it tells of more that is awake than there is: by design (docs/beliefs.md).
  const isAwaited = !(Number(night.parameters['RestoreDeadlineSeconds']) < (stopShownSeconds ?? 0));
  const late = stopShownSeconds !== undefined && isAwaited ? { stopShownSeconds } : {};
  return { ...drawn, fleet, habits: { ...habits, ...late, ...crowd } };
}

/** Every second night is told in Japanese. Not drawn: all else would be drawn otherwise. */
const languageOf = (seed: number): Record<string, string> => (seed % 2 === 0 ? { Language: 'ja' } : {});

/** How many things go wrong: behaviours, faults, disturbances, and an AWS that is unkind. */
export function countTroubles({ fleet, faults, disturbances, habits = {}, coldSeconds }: Scenario): number {
  const instances = new Map(fleet.groups.flatMap((group) => group.instances.map((one) => [one.id, one])));
  const behaviours = [...instances.values()].flatMap((one) => one.behaviours);
  const answers = [...instances.values()].flatMap((one) => one.answers ?? []);
  const unkind = countTroublesome(habits) + Number(coldSeconds !== undefined) + answers.length;
  return behaviours.length + faults.length + disturbances.length + unkind;
}
