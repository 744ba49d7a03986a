// The page of a report, beside it in the bucket. It is made of what is stored, so it can be made anew at any time.
import { createHash } from 'node:crypto';
import { type Bucket, createBucket } from '../aws/bucket.ts';
import { createHastyS3Client } from '../aws/sdk/clients.ts';
import { describeFailure } from '../aws/sdk/failures.ts';
import { isReconciledKey, reconciledPrefix, reportKey, reportPageKey } from '../domain/model/object-keys.ts';
import type { Run } from '../domain/model/run.ts';
import { drawPage, type PageSettings } from '../domain/report/page/drawing/draw-page.ts';
import { pageReportSchema } from '../domain/report/page/facts/page-report.ts';
import { type Reconciled, reconciledSchema } from '../domain/report/reconcile-report.ts';
import type { Language } from '../domain/words/words.ts';
import type { InvocationContext, Runtime } from '../runtime/runtime.ts';

export interface PageTools extends Pick<Runtime, 'logger'> {
  /** Of a client that gives up soon. */
  hastyBucket: Bucket;
  /** In which a page opens. */
  language: Language;
}

export const createHastyBucket = ({ clientOptions }: Pick<Runtime, 'clientOptions'>, bucketName: string): Bucket =>
  createBucket(createHastyS3Client(clientOptions), bucketName);

/** So much of its time a function has to have left: its calls for one page, of two tries each, take no longer. */
const PAGE_MILLISECONDS_MIN = 25_000;

/**
 * Writes the page of a report that is new, and has no addenda yet. Never fails: it costs neither the report nor its message, so it
 * comes after both, and is left out where the function's time could end in it.
 * @param report as it was stored
 */
export async function storePage(tools: PageTools, report: unknown, context: InvocationContext): Promise<void> {
  await orLog(tools, context, async () => {
    const parsed = pageReportSchema.parse(report);
    await tools.hastyBucket.putPage(reportPageKey(parsed), drawPage(parsed, [], settingsOf(tools)));
  });
}

/** The same for a report that is in the bucket, with all that was done after it. A run without a report has no page. */
export async function storePageAnew(
  tools: PageTools,
  run: Pick<Run, 'runId'>,
  context: InvocationContext,
): Promise<void> {
  await orLog(tools, context, async () => {
    const { hastyBucket: bucket } = tools;
    const report = await bucket.get(reportKey(run), pageReportSchema);
    if (report === null) return;
    await bucket.putPage(reportPageKey(run), drawPage(report, await readAddenda(bucket, run), settingsOf(tools)));
  });
}

const settingsOf = ({ language }: PageTools): PageSettings => ({
  language,
  hash: (text) => createHash('sha256').update(text).digest('base64'),
});

async function readAddenda(bucket: Bucket, run: Pick<Run, 'runId'>): Promise<Reconciled[]> {
  const keys = (await bucket.list(reconciledPrefix(run))).filter((key) => isReconciledKey(run, key));
  const addenda: Reconciled[] = [];
  for (const key of keys) {
    const found = await bucket.get(key, reconciledSchema);
    if (found !== null) addenda.push(found);
  }
  return addenda;
}

async function orLog({ logger }: PageTools, context: InvocationContext, write: () => Promise<void>): Promise<void> {
  if (context.getRemainingTimeInMillis() < PAGE_MILLISECONDS_MIN) {
    logger.warn('no time was left for the page of the report');
    return;
  }
  try {
    await write();
  } catch (error) {
    logger.warn('the page of the report could not be written', { failure: describeFailure(error) });
  }
}
