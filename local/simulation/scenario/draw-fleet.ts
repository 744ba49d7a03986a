import { type BehaviourName, canStandTogether, dealtNames, oddNames } from '../../account/fleet/behaviours.ts';
import type { Fleet, FleetInstance } from '../../account/fleet/fleet.ts';
import { platformNames } from '../../account/fleet/platforms.ts';
import type { Random } from '../../base/random.ts';
import { chance, pick, pickWeighted } from './weighted-choice.ts';

export const LATEST = '3.3.551.0';

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

/** Of the instances of a mixed fleet, so many have something special about them; and of these, so many two things. */
const SPECIAL_SHARE = 0.75;

const TWICE_SHARE = 0.15;

const ONLY_STOPPED = new Set<BehaviourName>(['hibernated', 'hibernation-falls-back']);

export const idOf = (index: number): string => `i-${(index + 1).toString(16).padStart(17, '0')}`;

/** Any two that don't contradict each other. */
function drawBehaviours(random: Random): BehaviourName[] {
  if (!chance(random, SPECIAL_SHARE)) return [];
  const first = pick(random, dealtNames);
  if (!chance(random, TWICE_SHARE)) return [first];
  const others = dealtNames.filter((name) => canStandTogether(first, name));
  return [first, pick(random, others)];
}

/** An instance of these behaviours; its state is drawn where they leave it open. */
export function drawMember(random: Random, index: number, behaviours: BehaviourName[]): FleetInstance {
  const isStopped = behaviours.some((name) => ONLY_STOPPED.has(name)) || chance(random, 0.8);
  return {
    id: idOf(index),
    // Some have no name: what people and policies see of them is the same.
    ...(index % 4 === 1 ? {} : { name: `web-${index + 1}` }),
    state: isStopped ? 'stopped' : 'running',
    platform: pick(random, platformNames),
    agentVersion: chance(random, 0.2) ? LATEST : pick(random, OLDER),
    behaviours,
  };
}

/** One that is asleep and has an old agent: the one that a story is about. */
export const drawSleeper = (random: Random, index: number, behaviours: BehaviourName[] = []): FleetInstance => ({
  ...drawMember(random, index, behaviours),
  state: 'stopped',
  agentVersion: pick(random, OLDER),
});

/** A fleet of the sizes that are met, in one to three groups. */
export function drawFleet(random: Random, behavioursOf: (random: Random) => BehaviourName[]): Fleet {
  const count = pickWeighted(random, SIZES);
  const instances = Array.from({ length: count }, (_, index) => drawMember(random, index, behavioursOf(random)));
  const wanted = pickWeighted(random, [
    [1, 60],
    [2, 30],
    [3, 10],
  ]);
  const groupCount = Math.min(count, wanted);
  const groups = Array.from({ length: groupCount }, (_, index) => ({
    name: ['dev', 'test', 'prod'][index] as string,
    instances: instances.filter((__, position) => position % groupCount === index),
  }));
  const [first] = instances;
  // One that stands in two groups counts once.
  if (groupCount > 1 && first !== undefined && chance(random, 0.15)) groups.at(-1)?.instances.push(first);
  return { region: 'eu-central-1', agentVersion: LATEST, groups };
}

export const drawMixedFleet = (random: Random): Fleet => drawFleet(random, drawBehaviours);

export const drawHealthyFleet = (random: Random): Fleet => drawFleet(random, () => []);

/** The fleet with one more behaviour that none is dealt: of one that sleeps, if there is one with which it can stand together. */
export function withOddInstance(random: Random, fleet: Fleet): Fleet {
  const odd = pick(random, oddNames);
  const fitting = fleet.groups.flatMap(({ instances }) =>
    instances.filter(
      ({ state, behaviours }) => state === 'stopped' && behaviours.every((name) => canStandTogether(odd, name)),
    ),
  );
  if (fitting.length === 0) return fleet;
  const { id } = pick(random, fitting);
  const change = (one: FleetInstance) => (one.id === id ? { ...one, behaviours: [...one.behaviours, odd] } : one);
  return { ...fleet, groups: fleet.groups.map((group) => ({ ...group, instances: group.instances.map(change) })) };
}

export const oneGroup = (instances: FleetInstance[]): Fleet => ({
  region: 'eu-central-1',
  agentVersion: LATEST,
  groups: [{ name: 'dev', instances }],
});
