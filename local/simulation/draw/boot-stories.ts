import { drawSleeper } from '../scenario/draw-fleet.ts';
import { pick } from '../scenario/weighted-choice.ts';
import { answerLost, type Kind, night, person, sometimes, struck } from './story.ts';

/** Who looks for the boot of what was started. */
const LOOKERS = ['StartInstancesFunction', 'CheckReadinessFunction'] as const;

/** Whose boot it is, where EC2 shows LaunchTime late. */
export const bootStories: readonly Kind[] = [
  {
    name: 'its LaunchTime comes late',
    ofThousand: 12,
    draw(random) {
      // Before any look, between two, or later than can be believed.
      const launchTimeSeconds = pick(random, [
        [6, 13],
        [6, 13],
        [17, 45],
        [17, 45],
        [61, 100],
        [340, 400],
        [340, 400],
      ] as const);
      const isStruck = pick(random, [true, false, false]);
      return night(random, {
        instances: [drawSleeper(random, 0, pick(random, [[], ['hibernated'], ['update-hangs']]))],
        parameters: sometimes(random, 0.5, { ReadinessDeadlineSeconds: '120' }),
        faults: isStruck ? [struck('lost-result', pick(random, LOOKERS), { nth: random.integer([1, 3]) })] : [],
        habits: { launchTimeSeconds },
      });
    },
  },
  {
    name: 'restarted by someone else before its LaunchTime has come',
    ofThousand: 20,
    draw(random) {
      // It is over before its own LaunchTime is shown, or theirs is not shown yet; what stops slowly has long been over by then.
      const [[from, to], launchTimeSeconds, ...behaviours] = pick(random, [
        [
          [33, 40],
          [38, 60],
        ],
        [
          [33, 40],
          [38, 60],
        ],
        [[33, 70], [10, 45], 'slow-boot'],
        [[33, 70], [25, 45], 'slow-boot'],
        [[33, 70], [25, 45], 'slow-boot'],
        [[50, 70], [40, 58], 'slow-stop'],
      ] as const);
      return night(random, {
        instances: [drawSleeper(random, 0, [...behaviours]), drawSleeper(random, 1, ['slow-boot'])],
        parameters: { BatchSize: '4' },
        disturbances: [person('restart', random.integer([from, to]))],
        habits: { launchTimeSeconds },
      });
    },
  },
  {
    name: 'its run dies before its LaunchTime has come',
    ofThousand: 15,
    draw(random) {
      const [isLost, launchTimeSeconds] = pick(random, [
        [false, [200, 280]],
        [false, [600, 700]],
        [false, [600, 700]],
        [true, [200, 280]],
        [true, [200, 280]],
      ] as const);
      return night(random, {
        isAlone: true,
        instances: [drawSleeper(random, 0, pick(random, [[], ['hibernated']]))],
        faults: isLost ? [answerLost] : [],
        disturbances: [{ kind: 'abort', atSeconds: isLost ? 17 : random.integer([20, 60]), execution: 0 }],
        habits: { launchTimeSeconds },
      });
    },
  },
];
