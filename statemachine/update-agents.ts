/**
 * The state machine. `npm run generate` writes update-agents.asl.json from it: change this file, never that one.
 * First the order of the steps, then the states. Which errors are retried: retries.ts.
 */
import type { Batch } from '../functions/domain/batch/batch.ts';
import { ANY_ERROR, PATIENT, RUN_REFUSED, TRY_FOR_AN_HOUR, UNTIL_LOCK_IS_FREE } from './retries.ts';
import { caught, fail, task } from './states.ts';

// --- In which order ---

/** While an instance stands at the step on the left, the function on the right has work. */
const STEPS: Branch[] = [
  ['readiness', 'CheckReadiness'],
  ['update', 'UpdateAgent'],
  ['verify', 'VerifyVersions'],
  // Also what is leased and not started yet: may RestoreInstances stop it?
  ['restore', 'RestoreInstances'],
];

/** If no instance is at any of those steps. */
const NEXT_PASS: Branch[] = [
  ['start', 'StartInstances'],
  ['unsettled', 'Wait'],
];

const TO_NEXT_STEP =
  'To the next step that an instance is at; if there is none, on to the next pass. One choice between two tasks keeps a pass short.';

// --- The states of a batch, and those of a run ---

const batch = {
  EnterBatch: {
    Type: 'Pass',
    Comment:
      'Notes the name of this child execution: it is part of each lease. The only state of the child that reads $$.Execution.',
    Parameters: {
      'child.$': '$$.Execution.Name',
      'run.$': '$.run',
      'index.$': '$.batch.index',
      'lastProgressAt.$': '$.batch.lastProgressAt',
      'waitSeconds.$': '$.batch.waitSeconds',
      'counts.$': '$.batch.counts',
      'instances.$': '$.batch.instances',
    },
    Next: 'AnyToStart',
  },
  AnyToStart: choose('Running instances need no start.', [['start', 'StartInstances']], 'AnyToCheck'),
  StartInstances: step(
    'StartInstances',
    'Reads the instances anew and writes the record, then leases them. Once their way back is open, it starts them.',
    'Wait',
  ),
  Wait: {
    Type: 'Wait',
    Comment: 'The only waiting of a batch; longer for stragglers.',
    SecondsPath: '$.waitSeconds',
    Next: 'AnyToCheck',
  },
  AnyToCheck: choose(
    'To the first step that an instance is at. An instance beyond these waits for another start attempt. One choice between two tasks keeps a pass short.',
    [...STEPS, ['unsettled', 'StartInstances']],
  ),
  CheckReadiness: step('CheckReadiness', 'Which instances run, with an agent that pings?', 'AnyToUpdate'),
  AnyToUpdate: choose(TO_NEXT_STEP, [...stepsFrom('update'), ...NEXT_PASS]),
  UpdateAgent: step('UpdateAgent', 'Sends AWS-UpdateSSMAgent and follows it.', 'AnyToVerify'),
  AnyToVerify: choose(TO_NEXT_STEP, [...stepsFrom('verify'), ...NEXT_PASS]),
  VerifyVersions: step('VerifyVersions', 'Believes only the version that the agent itself reports.', 'AnyToRestore'),
  AnyToRestore: choose('To the restoring, if an instance is at it; else on to the next pass.', [
    ...stepsFrom('restore'),
    ...NEXT_PASS,
  ]),
  RestoreInstances: task('RestoreInstances', {
    comment:
      'Restores the instances that are done, and writes the results. Tries the way back of those that are leased and not started yet. Retried for an hour, longer than all others: no later state of this run could restore them.',
    retries: TRY_FOR_AN_HOUR,
    catches: [caught(ANY_ERROR, 'NotRestored')],
    next: 'AnyLeft',
  }),
  AnyLeft: choose('Back to the start if an instance still waits for one, else wait and look again.', NEXT_PASS),
  BatchSettled: {
    Type: 'Pass',
    Comment: 'The results are in the bucket: nothing travels back.',
    Result: {},
    End: true,
  },
  NotRestored: fail(
    'NotRestored',
    'The leases stay, so that ReconcileLeases finds the instances; ReportRun reports every instance without a result as failed.',
  ),
};

const run = {
  BeginRun: {
    Type: 'Pass',
    Comment: "Sets the execution's input apart from what the run adds to it.",
    Parameters: { 'input.$': '$', listing: 0, silentSince: {} },
    Next: 'ListInstances',
  },
  ListInstances: task('ListInstances', {
    comment: 'Takes the lock, then lists the instances of the groups: which take part, and which do not and why.',
    payload: {
      'input.$': '$.input',
      'listing.$': '$.listing',
      'silentSince.$': '$.silentSince',
      'executionArn.$': '$$.Execution.Id',
      'startedAt.$': '$$.Execution.StartTime',
    },
    retries: [UNTIL_LOCK_IS_FREE, ...PATIENT],
    catches: [caught(RUN_REFUSED, 'RunRefused'), caught(ANY_ERROR, 'ListingFailed')],
    next: 'AnyInTransition',
  }),
  AnyInTransition: {
    Type: 'Choice',
    Comment:
      'A second delivery of one occurrence ends here. An instance between two states is listed again; ListInstances bounds how often.',
    Choices: [
      { Variable: '$.claim', StringMatches: 'already-*', Next: 'DoneByOtherRun' },
      { Variable: '$.inTransition', NumericGreaterThan: 0, Next: 'WaitForTransition' },
      { Variable: '$.dryRun', BooleanEquals: true, Next: 'PlanMade' },
    ],
    Default: 'UpdateBatches',
  },
  WaitForTransition: {
    Type: 'Wait',
    Comment: 'Starting and stopping take a minute or so.',
    Seconds: 60,
    Next: 'ListInstances',
  },
  DoneByOtherRun: {
    Type: 'Pass',
    Comment: 'The same occurrence was delivered twice: another run does it, or has done it. The output says which run.',
    Parameters: { 'status.$': '$.claim', 'runId.$': '$.doneBy' },
    End: true,
  },
  PlanMade: { Type: 'Succeed', Comment: 'A dry run ends here: the plan is in the bucket.', OutputPath: '$.plan' },
  UpdateBatches: {
    Type: 'Map',
    Comment:
      'One child execution for each batch, each with its own history. A failed child must not abort its siblings in mid-update, so all failures are tolerated; ReportRun counts them.',
    Label: 'UpdateBatches',
    ItemsPath: '$.batches',
    MaxConcurrency: 10,
    ToleratedFailurePercentage: 100,
    ItemSelector: { 'run.$': '$.run', 'batch.$': '$$.Map.Item.Value' },
    ItemProcessor: {
      ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' },
      Comment:
        'The conveyor: each pass moves every instance of the batch one step as far as it can go, so no instance waits for a straggler.',
      StartAt: 'EnterBatch',
      States: batch,
    },
    ResultPath: null,
    Catch: [caught(ANY_ERROR, 'WaitForLastChanges')],
    Next: 'WaitForLastChanges',
  },
  WaitForLastChanges: {
    Type: 'Wait',
    Comment: 'ReportRun asks EC2 once more, and EC2 may not show at once what was changed last.',
    Seconds: 15,
    Next: 'ReportRun',
  },
  ReportRun: task('ReportRun', {
    comment: 'Joins the manifest with the results, and asks EC2 once more whether the promises are kept.',
    retries: PATIENT,
    catches: [caught(ANY_ERROR, 'ReportFailed')],
    next: 'RunSucceeded',
  }),
  RunSucceeded: {
    Type: 'Choice',
    Comment: 'No false success: anything that failed fails the execution.',
    Choices: [{ Variable: '$.status', StringEquals: 'succeeded', Next: 'Succeeded' }],
    Default: 'RunFailed',
  },
  Succeeded: {
    Type: 'Succeed',
    Comment: 'Every instance is updated or already current, or excluded for a benign reason, and is as it was.',
  },
  RunFailed: fail('RunFailed', 'The report names each instance and the reason.', '$.summary'),
  RunRefused: {
    Type: 'Fail',
    Comment: 'Nothing was touched: this input or these groups allow no run, or another run has the lock.',
    ErrorPath: '$.error.Error',
    CausePath: '$.error.Cause',
  },
  ListingFailed: fail('ListingFailed', 'Nothing was touched: AWS did not tell which instances are in the groups.'),
  ReportFailed: fail('ReportFailed', 'The batches are done, but ReportRun could not report them.'),
};

/** The whole of it, in Amazon States Language. Names like `${ReportRunFunctionArn}` are filled in by CloudFormation. */
export const updateAgents = {
  Comment:
    "Reveille: starts the stopped instances of resource groups, updates their SSM Agents, proves it, and restores every instance. Order, waiting, branching and catching; every decision is a Lambda's.",
  StartAt: 'BeginRun',
  TimeoutSeconds: 12 * 60 * 60,
  States: run,
};

// --- What the states of a batch have in common ---

/** If this step fails for good, its instances are restored. */
function step(name: string, comment: string, next: string) {
  return task(name, {
    comment,
    retries: PATIENT,
    catches: [caught(ANY_ERROR, 'RestoreInstances')],
    next,
  });
}

/** If any instance is counted there, on to that state. */
type Branch = [count: keyof Batch['counts'], next: string];

/** Takes the first branch with an instance in it. */
function choose(comment: string, branches: Branch[], otherwise = 'BatchSettled') {
  return {
    Type: 'Choice',
    Comment: comment,
    Choices: branches.map(([count, next]) => ({ Variable: `$.counts.${count}`, NumericGreaterThan: 0, Next: next })),
    Default: otherwise,
  };
}

/** That step and all after it. */
function stepsFrom(first: Branch[0]): Branch[] {
  return STEPS.slice(STEPS.findIndex(([count]) => count === first));
}
