import { createRandom, type Random } from '../../base/random.ts';
import { type BehaviourName, dealtNames } from './behaviours.ts';
import type { Fleet, FleetInstance } from './fleet.ts';
import { platformNames } from './platforms.ts';

const LATEST = '3.3.551.0';

const OLDEST = '3.1.1732.0';

const VERSIONS = [OLDEST, '3.2.582.0', '3.2.1630.0', '3.2.2222.0', '3.3.40.0', '3.3.131.0', LATEST];

/** Of the instances, so many have something special about them. */
const SPECIAL_SHARE = 0.35;

const ONLY_STOPPED = new Set<BehaviourName>(['hibernated', 'hibernation-falls-back']);

/** EC2 never lets go of it again: a fleet with it can't be put back. */
const drawn = dealtNames.filter((name) => name !== 'hangs-in-pending');

const pick = <T>(random: Random, items: readonly T[]): T => items[random.integer([0, items.length - 1])] as T;

/** Deals behaviours like cards: each comes once before one comes again. */
function createDeal(random: Random): () => BehaviourName {
  let deck: BehaviourName[] = [];
  return () => {
    if (deck.length === 0) deck = [...drawn];
    const [card] = deck.splice(random.integer([0, deck.length - 1]), 1);
    return card as BehaviourName;
  };
}

function mixedInstance(random: Random, deal: () => BehaviourName, group: string, index: number): FleetInstance {
  const behaviours = random.next() < SPECIAL_SHARE ? [deal()] : [];
  const isStopped = behaviours.some((name) => ONLY_STOPPED.has(name)) || random.next() < (group === 'dev' ? 0.85 : 0.1);
  const hex = Array.from({ length: 16 }, () => Math.floor(random.next() * 16).toString(16)).join('');
  return {
    id: `i-0${hex}`,
    name: `${group}-${String(index + 1).padStart(3, '0')}`,
    state: isStopped ? 'stopped' : 'running',
    platform: pick(random, platformNames),
    agentVersion: versionFor(behaviours, pick(random, VERSIONS)),
    behaviours,
  };
}

/** What AWS updates for so long has something to update. One that is current would be held for longer than its run lasts. */
const versionFor = (behaviours: BehaviourName[], version: string): string =>
  version === LATEST && behaviours.includes('slow-update-in-progress') ? OLDEST : version;

/** A fleet of dev and prod with a bit of everything in it, drawn from a seed. */
export function mixedFleet(instanceCount: number, seed: number): Fleet {
  const random = createRandom(seed, 'mixed-fleet');
  const deal = createDeal(random);
  const devCount = Math.ceil(instanceCount * 0.7);
  const group = (name: string, count: number) => ({
    name,
    instances: Array.from({ length: count }, (_, index) => mixedInstance(random, deal, name, index)),
  });
  return {
    region: 'eu-central-1',
    agentVersion: LATEST,
    groups: [group('dev', devCount), group('prod', instanceCount - devCount)],
  };
}
