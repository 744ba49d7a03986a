import { readFleet } from '../account/fleet/fleet.ts';
import type { JournalEntry } from '../account/world/journal.ts';
import { readTemplate } from '../deployment/template.ts';
import { night } from '../run/night.ts';
import { simulate } from '../run/simulated-run.ts';
import { PRICES, PRICES_OF } from './prices.ts';

/** The demo's: its last screen has the same figures, unrounded. */
const FLEET = new URL('../../fleets/ordinary-night.json', import.meta.url);

const HOURS_IN_MONTH = 730;

/** How long an invocation takes at most, its start included; an assumption: nothing here runs in AWS. */
const PASS_SECONDS = 2;

const STEP_SECONDS = 1;

/** What ReportRun publishes (functions/operations/make-report.ts). */
const METRICS_OF_RUN = 7;

/** What an invocation writes to its log at most; an assumption, too. */
const LOG_BYTES = 4000;

interface Line {
  what: string;
  count: number;
  /** In dollars. */
  each: number;
}

const head = (what: string): string =>
  `| ${what} | how many | dollars each (${PRICES_OF}) | dollars |\n| --- | ---: | ---: | ---: |\n`;

/** The heads of the two tables: what a month costs without any run, and what one run costs. */
export const MONTH_HEAD = head('a month without a run');

export const RUN_HEAD = head('one run over 12 instances, 8 of them asleep');

/** What is paid though nothing is done: the alarms, and ReconcileLeases, which looks for what a dead run has left. */
export async function monthRows(): Promise<string> {
  const { Resources, Parameters } = readTemplate();
  const alarms = Object.values(Resources).filter(({ Type }) => Type === 'AWS::CloudWatch::Alarm').length;
  const passes = (HOURS_IN_MONTH * 60) / Number(Parameters['ReconcileMinutes']?.Default);
  const { calls, metrics } = await anIdlePass();
  const { reads, writes } = objectsTouched(calls);
  return rowsOf([
    { what: 'alarms', count: alarms, each: PRICES.alarmMonth },
    { what: 'metrics of ReconcileLeases', count: metrics, each: PRICES.metricMonth },
    {
      what: 'passes of ReconcileLeases, started by EventBridge Scheduler',
      count: passes,
      each: PRICES.scheduledInvocation,
    },
    ...functionLines(passes, PASS_SECONDS),
    { what: 'listings of the bucket', count: passes * writes, each: PRICES.s3Write },
    { what: 'reads of the bucket', count: passes * reads, each: PRICES.s3Read },
  ]);
}

/** What a run of a healthy fleet costs, as it is measured on the embedded account. */
export async function runRows(): Promise<string> {
  const { account, tally, report } = await simulate({ fleet: readFleet(FLEET.pathname), seed: 1 });
  const { reads, writes } = objectsTouched(account.journal.entries);
  const awakeSeconds = (report?.instances ?? []).reduce((sum, { awakeSeconds: own }) => sum + (own ?? 0), 0);
  const calls = account.journal.entries.filter(({ kind }) => kind === 'call').length;
  const rows = rowsOf([
    { what: 'state transitions', count: about(tally.transitions), each: PRICES.transition },
    ...functionLines(about(tally.invocations), STEP_SECONDS),
    { what: 'writes and listings of the bucket', count: writes, each: PRICES.s3Write },
    { what: 'reads of the bucket', count: reads, each: PRICES.s3Read },
    { what: 'metrics of ReportRun, for an hour', count: METRICS_OF_RUN, each: PRICES.metricMonth / HOURS_IN_MONTH },
  ]);
  return [
    rows,
    `| instance minutes awake | ${Math.round(awakeSeconds / 60)} | what your instances cost | |`,
    `| calls to AWS in all | ${about(calls)} | | |`,
  ].join('\n');
}

/** In tens: a small change of the code is none of the cost. */
const about = (count: number): number => Math.round(count / 10) * 10;

const functionLines = (invocations: number, seconds: number): Line[] => [
  { what: 'invocations of a Lambda', count: invocations, each: PRICES.lambdaRequest },
  {
    what: `their time: ${seconds} s each, with ${memoryGigabytes()} GB`,
    count: invocations,
    each: seconds * memoryGigabytes() * PRICES.lambdaGigabyteSecond,
  },
  { what: 'their traces', count: invocations, each: PRICES.trace },
  { what: `their logs: ${LOG_BYTES / 1000} kB each`, count: invocations, each: (LOG_BYTES / 1e9) * PRICES.logGigabyte },
];

const memoryGigabytes = (): number => {
  const { MemorySize } = readTemplate().Globals.Function as unknown as { MemorySize: number };
  return MemorySize / 1024;
};

/** One pass of ReconcileLeases with nothing to do. Not the first of a stack's life, which has something to write. */
async function anIdlePass(): Promise<{ calls: JournalEntry[]; metrics: number }> {
  let calls: JournalEntry[] = [];
  let published = 0;
  await night(readFleet(FLEET.pathname), async ({ account, reconcile, metrics }) => {
    await reconcile();
    const before = account.journal.entries.length;
    await reconcile();
    calls = account.journal.entries.slice(before);
    published = metrics.size;
  });
  return { calls, metrics: published };
}

/** How often S3 was asked, by price. */
function objectsTouched(entries: JournalEntry[]): { reads: number; writes: number } {
  const asked = entries.flatMap((entry) => (entry.kind === 'call' && entry.service === 's3' ? [entry.operation] : []));
  const count = (...operations: string[]) => asked.filter((operation) => operations.includes(operation)).length;
  return { reads: count('GetObject', 'HeadObject'), writes: count('PutObject', 'ListObjectsV2') };
}

function rowsOf(lines: Line[]): string {
  const sum = lines.reduce((total, { count, each }) => total + count * each, 0);
  return [
    ...lines.map(
      ({ what, count, each }) =>
        `| ${what} | ${count.toLocaleString('en')} | ${shortNumber(each)} | ${(count * each).toFixed(4)} |`,
    ),
    `| **together** | | | **${sum.toFixed(2)}** |`,
  ].join('\n');
}

/** Two digits that count, and no exponent. */
const shortNumber = (value: number): string => {
  const digits = Math.max(2, 1 - Math.floor(Math.log10(value)));
  return value.toFixed(digits);
};
