import type { PlantedBug } from './bug.ts';

/** Bugs by which neighbours pay for one odd instance, or its trouble stays untold. */
export const oddAnswerBugs: PlantedBug[] = [
  {
    name: 'neighbours-pay',
    what: 'a call for many that is refused because of one is believed of all',
    patches: [
      {
        file: 'functions/aws/sdk/take-apart.ts',
        find: 'return probe(ids, failure, call, options);',
        replace:
          'return { ...(await probe([], failure, call, options)), refused: ids.map((id) => ({ id, failure })) };',
      },
    ],
  },
  {
    name: 'denied-question-ends-all',
    what: 'a question about one that AWS refuses ends the step of all',
    patches: [
      {
        file: 'functions/aws/sdk/ask-of-one.ts',
        find: 'if (!isAnswer) throw',
        replace: 'if (!(error instanceof EndlessAnswer)) throw',
      },
    ],
  },
  {
    name: 'refused-listing-ends-all',
    what: 'a listing of a command that is refused because of one instance ends the step of all',
    patches: [
      {
        file: 'functions/aws/ssm-commands.ts',
        find: 'await askOfOne(LISTING, () => listInvocations(ssm, work, { CommandId: commandId }))',
        replace: '{ reply: await listInvocations(ssm, work, { CommandId: commandId }) }',
      },
    ],
  },
  {
    name: 'crowd-holds-all',
    what: 'where a listing of the region does not end, no instance is asked for, and all are held',
    patches: [
      {
        file: 'functions/aws/ssm-activity.ts',
        find: 'return askOfEach(call, instanceIds, CALLS_AT_ONCE, ofOne);',
        replace: 'return askOfEach(call, instanceIds, CALLS_AT_ONCE, ofOne === null ? ofOne : ofRegion);',
      },
    ],
  },
  {
    name: 'crowd-believed-empty',
    what: 'where a listing of the region does not end, nothing counts as at work on any instance',
    patches: [
      {
        file: 'functions/aws/ssm-activity.ts',
        find: 'return askOfEach(call, instanceIds, CALLS_AT_ONCE, ofOne);',
        replace: 'return askOfEach(call, [], CALLS_AT_ONCE, ofOne);',
      },
    ],
  },
  {
    name: 'refused-question-is-benign',
    what: 'an instance of which AWS would not say what has to be known leaves the run a success',
    patches: [
      {
        file: 'functions/domain/model/reason-codes.ts',
        find: "'question-refused': { benign: false }",
        replace: "'question-refused': { benign: true }",
      },
    ],
  },
  {
    name: 'unknown-is-gone',
    what: 'an instance whose ID EC2 does not know in one look has disappeared',
    patches: [
      {
        file: 'functions/domain/batch/unseen.ts',
        find: 'Math.max(deadlineSeconds, NO_TURN_SECONDS_MIN) : deadlineSeconds;',
        replace: 'Math.max(deadlineSeconds, NO_TURN_SECONDS_MIN) : 0;',
      },
    ],
  },
  {
    name: 'failed-stop-ends-all',
    what: 'a stop of many that EC2 fails because of one ends the look of all',
    patches: [
      {
        file: 'functions/aws/ec2-start-stop.ts',
        find: 'wasRefused: mayBeAboutSome }',
        replace: 'wasRefused: ({ isRefusal }) => isRefusal }',
      },
    ],
  },
  {
    name: 'failed-question-holds-all',
    what: 'a question about one that SSM fails holds all',
    patches: [
      {
        file: 'functions/aws/sdk/ask-of-one.ts',
        find: 'failed.length === ids.length',
        replace: 'failed.length > 0',
      },
    ],
  },
  {
    name: 'zone-fails-listing',
    what: 'while one zone is disturbed, no instance of the groups is listed',
    patches: [
      {
        file: 'functions/list-instances/judge-members.ts',
        find: 'if (!mayBeAboutSome(describeFailure(answer)))',
        replace: 'if (!describeFailure(answer).isRefusal)',
      },
    ],
  },
  {
    name: 'zone-fails-all',
    what: 'where one zone is disturbed, no instance of its batch gets an answer',
    patches: [
      {
        file: 'functions/aws/ec2-describe-by-id.ts',
        find: 'if (zones.length > 1) return',
        replace: 'if (zones.length < 0) return',
      },
    ],
  },
];
