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
        find: 'return moves(toPreflight(unstarted, now));',
        replace: "return moves({ ...toPreflight(unstarted, now), step: 'start', retryAt: null });",
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
  {
    name: 'old-yes-counts',
    what: 'what someone stops while its way back is tried is started without an answer',
    patches: [
      {
        file: 'functions/domain/steps/preflight.ts',
        find: "  if (ec2.state === 'stopping' && ",
        replace: "  if (ec2.state === 'terminated' && ",
      },
      {
        file: 'functions/domain/steps/start.ts',
        find: "  if (instance.owner.kind === 'reveille') return moves(toPreflight(",
        replace: "  if (instance.owner.kind === 'others') return moves(toPreflight(",
      },
    ],
  },
  {
    name: 'take-over-not-repeated',
    what: 'what a lost attempt wanted to take over counts as taken over, although its lease was not written',
    patches: [
      {
        file: 'functions/domain/steps/start.ts',
        find: "  if (lease?.kind === 'orphaned' && (",
        replace: "  if (lease?.kind === 'orphaned' && lostAttempts.length === 0 && (",
      },
    ],
  },
];
