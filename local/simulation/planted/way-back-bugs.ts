import type { PlantedBug } from './bug.ts';

/** Bugs of the look at the way back, before an instance is started. */
export const wayBackBugs: PlantedBug[] = [
  {
    name: 'any-answer-is-a-yes',
    what: 'whatever EC2 says to the dry run of a stop counts as a yes',
    patches: [
      {
        file: 'functions/aws/ec2-start-stop.ts',
        find: "return failure.code === 'DryRunOperation' ? null : failure;",
        replace: 'return failure === undefined ? failure : null;',
      },
    ],
  },
  {
    name: 'way-back-untried',
    what: 'what is leased is started without a look at its way back',
    patches: [
      {
        file: 'functions/domain/steps/start-result.ts',
        find: "{ ...carryOn(unstarted, now), step: 'preflight', lastRefusal: null }",
        replace: "{ ...carryOn(unstarted, now), step: 'start', lastRefusal: null, retryAt: null }",
      },
    ],
  },
  {
    name: 'one-answer-for-all',
    what: 'one instance is asked for all, whatever their tags say',
    patches: [
      {
        file: 'functions/domain/steps/preflight.ts',
        find: 'JSON.stringify([one.instance.originalState, tags])',
        replace: 'JSON.stringify([one.instance.originalState, tags.length > -1])',
      },
    ],
  },
  {
    name: 'hibernation-untried',
    what: 'the way back of a hibernated instance is tried as a plain stop',
    patches: [
      {
        file: 'functions/restore-instances/try-way-back.ts',
        find: "hibernate: originalState === 'hibernated'",
        replace: "hibernate: originalState === 'running'",
      },
    ],
  },
  {
    name: 'first-denial-believed',
    what: 'the first refusal of a dry run is believed, although the policy may not see the lease yet',
    patches: [
      {
        file: 'functions/domain/steps/preflight.ts',
        find: 'return isFirst || isAfter(until, now)',
        replace: 'return isFirst && isAfter(instance.stepSince, now)',
      },
    ],
  },
  {
    name: 'denied-for-hours',
    what: 'a way back that is denied is asked for again and again',
    patches: [
      {
        file: 'functions/domain/steps/preflight.ts',
        find: 'const PREFLIGHT_DEADLINE_SECONDS = 5 * 60;',
        replace: 'const PREFLIGHT_DEADLINE_SECONDS = 5 * 3600;',
      },
    ],
  },
];
