import type { ServiceHabits } from '../../account/account.ts';
import type { Fleet } from '../../account/fleet/fleet.ts';
import { createRandom, type Random } from '../../base/random.ts';
import { withOddInstance } from './draw-fleet.ts';
import type { Disturbance, Scenario } from './scenario.ts';
import { chance, pick, pickWeighted } from './weighted-choice.ts';

/** What is laid over a night that is drawn. */
export interface Overlays extends Pick<Scenario, 'coldSeconds'> {
  habits: ServiceHabits;
  disturbances: Disturbance[];
}

export const NO_OVERLAYS: Overlays = { habits: {}, disturbances: [] };

/** Each comes from streams of its own: so no seed's other draws change when one is added. */
interface Overlay {
  name: string;
  share: number;
  draw(seed: number): Partial<Overlays>;
}

export const overlays: readonly Overlay[] = [
  {
    // LaunchTime comes whenever it likes: AWS promises nothing of it (docs/aws-behaviour.md 44).
    name: 'unkind AWS',
    share: 1 / 8,
    draw: () => ({ habits: { launchTimeSeconds: [-2, 45] } }),
  },
  {
    // One thing that the code believes of AWS does not hold.
    name: 'wrong belief',
    share: 1 / 12,
    draw(seed) {
      const random = createRandom(seed, 'which belief');
      return pickWeighted(random, WRONG_BELIEFS)(random);
    },
  },
  {
    // No function was called for weeks: a job of once a month is such a case (docs/aws-behaviour.md 94).
    name: 'cold functions',
    share: 1 / 10,
    draw: (seed) => ({ coldSeconds: createRandom(seed, 'cold seconds').integer([40, 106]) }),
  },
  {
    // People close the window and end no session: it stays listed as active for a month (docs/aws-behaviour.md 84).
    name: 'sessions of yesterday',
    share: 1 / 12,
    draw: () => ({ habits: { hasOldSessions: true } }),
  },
  {
    // It starts whatever is to be awake by day, whether it is awake or not.
    name: 'morning scheduler',
    share: 1 / 12,
    draw: (seed) => ({
      disturbances: [
        { kind: 'tool', deed: 'start', atSeconds: createRandom(seed, 'morning').integer([3600, 5 * 3600]) },
      ],
    }),
  },
  {
    // Terraform takes off what its plan does not name; mostly while something is awake.
    name: 'stripped tags',
    share: 1 / 16,
    draw(seed) {
      const random = createRandom(seed, 'when tags are stripped');
      const atSeconds = random.integer(chance(random, 0.8) ? [20, 400] : [400, 3600]);
      return { disturbances: [{ kind: 'tool', deed: 'remove-lease', atSeconds }] };
    },
  },
  {
    // DescribeInstances says nothing of a zone, and without IDs nothing at all (docs/aws-behaviour.md 140).
    name: 'disturbed zone',
    share: 1 / 16,
    draw(seed) {
      const random = createRandom(seed, 'when a zone is disturbed');
      const zone = pick(random, ['a', 'b', 'c']);
      const [later, seconds] = [random.integer([20, 150]), random.integer([60, 720])];
      // From the beginning: the groups' members are listed in it, and it outlasts the tries of that.
      const isFromBeginning = chance(random, 1 / 4);
      const [atSeconds, lasts] = isFromBeginning ? [0, seconds * 5] : [later, seconds];
      return { disturbances: [{ kind: 'zone', zone, atSeconds, seconds: lasts }] };
    },
  },
  {
    // An ID that EC2 knows is not known everywhere at once (docs/aws-behaviour.md 141).
    name: 'forgotten ID',
    share: 1 / 24,
    draw(seed) {
      const random = createRandom(seed, 'when an ID is forgotten');
      const [place, atSeconds, seconds] = [
        random.integer([0, 9]),
        random.integer([30, 900]),
        random.integer([20, 240]),
      ];
      return { disturbances: [{ kind: 'forgotten', place, atSeconds, seconds }] };
    },
  },
];

/** What the code believes of AWS, made wrong, and how often (docs/beliefs.md). */
const WRONG_BELIEFS: [(random: Random) => Partial<Overlays>, number][] = [
  [
    (random) => ({
      habits: {
        ssmClockSeconds:
          pickWeighted(random, [
            [-1, 1],
            [1, 1],
          ]) * random.integer([5, 240]),
      },
    }),
    4,
  ],
  [(random) => ({ habits: { describesGoBack: true, describeLagSeconds: random.integer([3, 40]) } }), 2],
  [(random) => ({ habits: { previousStateLagSeconds: random.integer([2, 6]) } }), 2],
  [() => ({ habits: { stopShownSeconds: 360 } }), 2],
  [
    (random) => {
      const seconds = random.integer([3600, 2 * 3600]);
      return { disturbances: [{ kind: 'events', fate: 'lost', atSeconds: 0, seconds }] };
    },
    1,
  ],
];

/** What is laid over the night of this seed. */
export function drawOverlays(seed: number): Overlays {
  const drawn = overlays
    .filter(({ name, share }) => chance(createRandom(seed, name), share))
    .map(({ draw }) => draw(seed));
  return {
    ...Object.assign({}, ...drawn),
    habits: Object.assign({}, ...drawn.map(({ habits }) => habits)),
    disturbances: drawn.flatMap(({ disturbances = [] }) => disturbances),
  };
}

/** In every eighth, one that sleeps is odd in a way that no fleet is dealt (local/account/fleet/odd-behaviours.ts). */
const ODD_SHARE = 1 / 8;

/** The fleet of this seed's night, with an odd instance in it or as it is. */
export const layOddInstance = (seed: number, fleet: Fleet): Fleet =>
  chance(createRandom(seed, 'odd instance'), ODD_SHARE)
    ? withOddInstance(createRandom(seed, 'odd behaviour'), fleet)
    : fleet;

/** Pages are short everywhere, and describes always lag: no trouble of their own. */
const USUAL: ReadonlySet<string> = new Set<keyof ServiceHabits>(['pageSizeMax', 'describeLagSeconds']);

/** How many of these habits are a trouble of their own. */
export const countTroublesome = (habits: ServiceHabits): number =>
  Object.keys(habits).filter((name) => !USUAL.has(name)).length;
