import * as z from 'zod';
import { createBucket } from '../aws/bucket.ts';
import {
  createEc2Client,
  createHastyEventsClient,
  createS3Client,
  createSfnClient,
  createSnsClient,
  createSsmClient,
} from '../aws/sdk/clients.ts';
import { ReveilleError } from '../domain/model/errors.ts';
import { parseStateMachineArn, type StateMachineNames } from '../domain/model/execution-arn.ts';
import { oldestAgeSeconds } from '../domain/ownership/leased-instance.ts';
import { isSettled } from '../domain/report/reconcile-report.ts';
import { chosenWork } from '../domain/work/chosen-work.ts';
import type { Work } from '../domain/work/work.ts';
import type { ReportTime } from '../operations/make-report.ts';
import { createHastyBucket, type PageTools, storePageAnew } from '../operations/store-page.ts';
import { environment, optOutEnvironment, optOutTagOf } from '../runtime/environment.ts';
import { createHandler, type Handler, parseEnvironment } from '../runtime/handler.ts';
import type { MetricsSink } from '../runtime/metrics.ts';
import { type InvocationContext, type Runtime, timeKeeper } from '../runtime/runtime.ts';
import { type Pass, type PublishTools, publishMetrics, publishResults } from './publish-pass.ts';
import { type DeadRunTools, reportDeadRuns } from './report-dead-runs.ts';
import type { OrphanTools } from './restore-orphans.ts';
import { restoreUnderLock } from './restore-under-lock.ts';
import { type SurveyTools, surveyLeases } from './survey-leases.ts';

const environmentSchema = z.object({
  BUCKET_NAME: environment.BUCKET_NAME,
  ...optOutEnvironment,
  TOPIC_ARN: environment.TOPIC_ARN,
  MESSAGE_LANGUAGE: environment.MESSAGE_LANGUAGE,
  STATE_MACHINE_ARN: environment.STATE_MACHINE_ARN,
});

/** EventBridge's event about an execution that has ended, or the schedule's. */
const triggerSchema = z.union([
  z.object({ trigger: z.literal('schedule') }),
  z.object({
    'detail-type': z.literal('Step Functions Execution Status Change'),
    detail: z.object({ executionArn: z.string(), status: z.string() }),
  }),
]);

/**
 * ReconcileLeases: restores what a dead run has left behind, and reports what it can't. Outside of the workflow, since an
 * execution that times out or is aborted runs no Catch (docs/aws-behaviour.md 27). One pass that can be done again at any time.
 */
export function createReconcileLeases(runtime: Runtime, metrics: MetricsSink, work = chosenWork): Handler<Pass> {
  const tools = createTools(runtime, metrics, work);
  const { now, logger } = runtime;

  return createHandler(runtime, 'ReconcileLeases', triggerSchema, async (trigger, context) => {
    const survey = await surveyLeases(tools);
    const { lock, leased, open } = survey;
    const instances = await restoreUnderLock(tools, survey, context);
    await publishResults(tools, instances, context.awsRequestId);
    // What EC2 does not list may be leased: nothing is measured then, and no run is closed.
    if (survey.unlisted !== null) throw survey.unlisted;

    const settled = new Set(instances.filter(isSettled).map(({ instanceId }) => instanceId));
    const stillOpen = open.filter(({ facts }) => !settled.has(facts.instanceId));
    const leasedIds = new Set([...stillOpen.map(({ facts }) => facts.instanceId), ...survey.unread.keys()]);
    const reportedRuns = await reportDeadRuns({ ...tools, hasTime: timeKeeper(context) }, leasedIds);

    const pass: Pass = {
      openLeases: open.length,
      oldestLeaseAgeSeconds: oldestAgeSeconds(open, now()),
      ignoredLeases: leased.filter(({ status }) => status.kind === 'ignored').length,
      lock,
      instances,
      reportedRuns,
    };
    await publishMetrics(tools, pass);
    logger.info('leases reconciled', { ...pass });
    await storePages(tools, pass, context);
    // Its neighbours do not wait for it; the pass is no success.
    for (const unread of survey.unread.values()) throw unread;
    // What others keep awake can stay so for hours: to ask for it again in a minute is no use.
    const held = new Set(instances.filter(({ action }) => action === 'held').map(({ instanceId }) => instanceId));
    const due = stillOpen.filter(({ facts }) => !held.has(facts.instanceId));
    const isDone = lock !== 'ending' && due.length === 0;
    // Lambda asks again after one minute and after two more: by then a run that was ending is dead. The schedule does the rest.
    if (!isDone && !('trigger' in trigger)) {
      throw new ReveilleError('LeasesOpen', whyNotDone(due.length));
    }
    return pass;
  });
}

/** What this pass has added to reports is seen on their pages. */
async function storePages(tools: PageTools, pass: Pass, context: InvocationContext): Promise<void> {
  const settled = pass.instances.filter(isSettled).map(({ runId }) => runId);
  for (const runId of new Set([...settled, ...pass.reportedRuns])) await storePageAnew(tools, { runId }, context);
}

const whyNotDone = (stillOpen: number): string =>
  stillOpen > 0
    ? `not every lease can be settled yet: ${stillOpen} still open`
    : 'the holder of the lock has just ended: what it leaves behind is not known yet';

function createTools(
  runtime: Runtime,
  metrics: MetricsSink,
  work: Work,
): SurveyTools & OrphanTools & PublishTools & Omit<DeadRunTools, keyof ReportTime> & PageTools {
  const { now, logger, clientOptions } = runtime;
  const settings = parseEnvironment(environmentSchema, runtime.environment);
  const { BUCKET_NAME: bucketName, TOPIC_ARN: topicArn, MESSAGE_LANGUAGE: language } = settings;
  const names = namesOf(settings.STATE_MACHINE_ARN);
  const ec2 = createEc2Client(clientOptions);
  const ssm = createSsmClient(clientOptions);
  const sfn = createSfnClient(clientOptions);
  const sns = createSnsClient(clientOptions);
  const events = createHastyEventsClient(clientOptions);
  const bucket = createBucket(createS3Client(clientOptions), bucketName);
  const hastyBucket = createHastyBucket(runtime, bucketName);
  const optOutTag = optOutTagOf(settings);
  return {
    ec2,
    ssm,
    sfn,
    sns,
    events,
    bucket,
    hastyBucket,
    bucketName,
    topicArn,
    language,
    names,
    optOutTag,
    work,
    metrics,
    now,
    logger,
  };
}

function namesOf(stateMachineArn: string): StateMachineNames {
  const names = parseStateMachineArn(stateMachineArn);
  if (names !== null) return names;
  throw new ReveilleError('InvalidEnvironment', `STATE_MACHINE_ARN: not a state machine: ${stateMachineArn}`);
}
