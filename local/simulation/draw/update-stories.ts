import type { BehaviourName } from '../../account/fleet/behaviours.ts';
import { drawSleeper, LATEST } from '../scenario/draw-fleet.ts';
import { chance, pick, pickSpread } from '../scenario/weighted-choice.ts';
import { type Kind, night, person, slowCalls, sometimes, window } from './story.ts';

const SLOW_UPDATE: BehaviourName[][] = [
  ['slow-update-in-progress'],
  ['slow-update-in-progress', 'update-fails'],
  ['slow-update-in-progress', 'ping-hourly'],
  ['slow-update-in-progress', 'update-fails'],
  ['slow-update-in-progress', 'update-fails'],
  ['update-in-progress', 'update-fails'],
  ['update-in-progress', 'ping-hourly'],
];

const UNUSUAL_FAILURES: BehaviourName[] = [
  'disk-full',
  'updater-dies',
  'target-inactive',
  'rollback-fails',
  'command-undeliverable',
  'send-refused',
  'proxy-not-up',
  'package-database-locked',
];

/** What can happen to an update and to its command. */
export const updateStories: readonly Kind[] = [
  {
    name: "AWS's own update is at work for long",
    ofThousand: 14,
    draw: (random) => night(random, { instances: [drawSleeper(random, 0, pick(random, SLOW_UPDATE))] }),
  },
  {
    name: "someone's update is at work for long",
    ofThousand: 6,
    draw: (random) =>
      night(random, {
        instances: [
          {
            ...drawSleeper(random, 0, pick(random, [[], [], ['ping-hourly']])),
            state: pick(random, ['stopped', 'running']),
          },
        ],
        disturbances: [person('run-update', random.integer([0, 120]), random.integer([1500, 2400]))],
      }),
  },
  {
    name: 'its command is cancelled',
    ofThousand: 26,
    draw(random) {
      const [[low, high], ...behaviours] = pick(random, [
        // While its update is at work; or at its end, when its agent may have told the new version.
        [[68, 78]],
        [[86, 90]],
        [[86, 90]],
        [[86, 90]],
        [[86, 90]],
        [[20, 300], 'update-hangs'],
        [[20, 300], 'command-lost'],
      ] as const);
      const first = random.integer([low, high]);
      const again = person('cancel-command', first + random.integer([60, 600]));
      return night(random, {
        instances: [{ ...drawSleeper(random, 0, [...behaviours]), platform: 'amazon-linux-2023' }],
        disturbances: [person('cancel-command', first), ...pick(random, [[], [again], [again]])],
      });
    },
  },
  {
    name: 'its command is sent twice',
    ofThousand: 9,
    draw: (random) =>
      night(random, {
        isAlone: true,
        instances: [drawSleeper(random, 0, pick(random, [['command-lost'], ['command-lost'], ['update-in-progress']]))],
        faults: [
          {
            on: 'call',
            kind: pick(random, ['lost-reply', 'stalled']),
            function: null,
            operation: 'SendCommand',
            nth: 1,
            times: 1,
            seconds: 2,
          },
        ],
      }),
  },
  {
    name: 'restarted or stopped while nothing is heard of it',
    ofThousand: 16,
    draw(random) {
      const [deed, behaviour] = pick(random, [
        ['restart', 'update-hangs'],
        ['restart', 'update-hangs'],
        ['restart', 'update-hangs'],
        ['restart', 'update-hangs'],
        ['restart', 'agent-lost'],
        ['stop', 'update-hangs'],
        ['terminate', 'rollback-fails'],
      ] as const);
      return night(random, {
        instances: [drawSleeper(random, 0, [behaviour])],
        disturbances: [person(deed, random.integer([120, 1800]))],
      });
    },
  },
  {
    name: 'a target that it has passed, or that there is not',
    ofThousand: 16,
    draw(random) {
      const [targetVersion, ...behaviours] = pick(random, [
        ['3.3.131.0', 'update-in-progress'],
        ['3.3.131.0', 'update-in-progress'],
        ['3.3.90.0', 'already-current'],
        ['3.3.999.0'],
        ['3.3.999.0'],
      ] as const);
      return night(random, {
        instances: [{ ...drawSleeper(random, 0, [...behaviours]), agentVersion: '3.2.582.0' }],
        input: { targetVersion },
      });
    },
  },
  {
    name: 'its version comes late',
    ofThousand: 15,
    draw: (random) =>
      night(random, {
        instances: [
          drawSleeper(random, 0, ['version-reported-late', ...pick(random, [[], ['update-in-progress' as const]])]),
        ],
        // One that is started anew meanwhile is proved all the same, and is theirs.
        disturbances: pick(random, [[], [], [person('restart', random.integer([110, 300]))]]),
        parameters: sometimes(random, 0.8, { VerifyDeadlineSeconds: pick(random, ['360', '360', '600']) }),
      }),
  },
  {
    name: 'it cannot be sent its command again',
    ofThousand: 6,
    draw: (random) =>
      night(random, {
        instances: [
          drawSleeper(
            random,
            0,
            pick(random, [['command-lost'], ['slow-update-in-progress'], ['update-in-progress'], []]),
          ),
        ],
        disturbances: [
          window('denied', random.integer([10, 300]), pick(random, [300, 1800, 4000]), { operation: 'SendCommand' }),
        ],
      }),
  },
  {
    name: 'stopped while its command is lost',
    ofThousand: 10,
    draw(random) {
      const [deed, ...behaviours] = pick(random, [
        ['stop', 'command-lost'],
        ['stop', 'command-lost', 'slow-stop'],
        ['restart', 'command-lost'],
        ['terminate', 'command-lost'],
        ['terminate', 'command-lost'],
      ] as const);
      return night(random, {
        // The other one boots meanwhile, so that looks come soon.
        instances: [
          { ...drawSleeper(random, 0, [...behaviours]), platform: 'amazon-linux-2023' },
          drawSleeper(random, 1, ['slow-boot']),
        ],
        parameters: { BatchSize: '4' },
        disturbances: [person(deed, random.integer([100, 380]))],
      });
    },
  },
  {
    name: 'several hang',
    ofThousand: 6,
    draw(random) {
      const count = random.integer([2, 3]);
      const hanging = Array.from({ length: count }, (_, index) => drawSleeper(random, index, ['update-hangs']));
      return night(random, {
        instances: hanging.map((instance) => ({ ...instance, platform: 'amazon-linux-2023' })),
        parameters: { BatchSize: '4', ...sometimes(random, 0.4, { UpdateDeadlineSeconds: '600' }) },
        disturbances: chance(random, 0.6) ? [person('run-update', random.integer([60, 600]), 2400)] : [],
      });
    },
  },
  {
    name: 'no time to send',
    ofThousand: 7,
    draw: (random) =>
      night(random, {
        instances: Array.from({ length: 6 }, (_, index) => drawSleeper(random, index, ['send-refused'])),
        parameters: { BatchSize: '8', UpdateDeadlineSeconds: pick(random, ['60', '120']) },
        faults: [slowCalls('UpdateAgentFunction', null, 1, 60)],
      }),
  },
  {
    name: 'its command is lost, and another update does the work',
    ofThousand: 22,
    draw: (random) =>
      night(random, {
        instances: [
          drawSleeper(random, 0, [
            'command-lost',
            pick(random, ['update-in-progress', 'update-in-progress', 'slow-update-in-progress']),
          ]),
        ],
        parameters: sometimes(random, 0.3, { UpdateDeadlineSeconds: '600' }),
        ...sometimes(random, 0.2, { input: { targetVersion: LATEST } }),
      }),
  },
  {
    name: 'an update fails in an unusual way',
    ofThousand: 12,
    draw: (random) =>
      night(random, {
        instances: pickSpread(random, UNUSUAL_FAILURES, 4).map((name, index) => drawSleeper(random, index, [name])),
        parameters: sometimes(random, 0.3, { UpdateDeadlineSeconds: '120' }),
      }),
  },
];
