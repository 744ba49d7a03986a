// A report with all that its page can show, from a run of the embedded account: what the report does not say itself is taken from
// the account's journal, and from the results in its bucket.
import { batchResultSchema } from '../../../functions/domain/batch/batch-result.ts';
import { type PageReport, pageReportSchema } from '../../../functions/domain/report/page/facts/page-report.ts';
import type { ChangeFacts } from '../../../local/account/world/journal.ts';
import type { Simulated } from '../../../local/run/simulated-run.ts';

interface Change {
  at: string;
  facts: ChangeFacts;
}

export function aFullReport({ account, report }: Simulated): PageReport {
  if (report === null) throw new Error('the run has no report');
  const changes = changesOf(account);
  const refused = refusalsOf(account);
  const results = resultsOf(account);
  const kept = (text: string) => ({ status: 'kept', instances: [], text });
  const lost = report.instances.filter(({ reason }) => reason?.code === 'hibernation-lost');
  const states = { status: 'not-kept', instances: lost.map(({ instanceId }) => instanceId), text: null };
  return pageReportSchema.parse({
    ...report,
    listedAt: manifestOf(account, report.runId).listedAt,
    checks: {
      versions: kept('every version is that of a fresh ping'),
      states: lost.length > 0 ? states : kept('every state is as it was'),
      leases: kept('no lease is left'),
      launchTimes: kept('every launch time is as it was'),
    },
    instances: report.instances.map((instance) => {
      const result = results.get(instance.instanceId);
      const since = instance.wokenAt ?? report.startedAt;
      const own = (changes.get(instance.instanceId) ?? []).filter(({ at }) => at >= since);
      const first = (is: (facts: ChangeFacts) => boolean) => own.find(({ facts }) => is(facts))?.at ?? null;
      const isWoken = instance.wokenAt !== null;
      const commands = (result?.commands ?? []).map((command) => ({
        ...command,
        status: statusOf(instance.reason?.code),
      }));
      const proved = ['updated', 'already-current'].includes(instance.outcome);
      const settledAt = instance.restoredAt ?? (result === undefined ? null : result.stepSince);
      const refusals = (refused.get(instance.instanceId) ?? []).filter(
        ({ at }) => at <= (instance.wokenAt ?? report.endedAt),
      );
      return {
        ...instance,
        platform: 'amazon-linux-2023',
        times: {
          startAcceptedAt: instance.wokenAt,
          runningAt: isWoken ? first((facts) => facts.about === 'state' && facts.state === 'running') : null,
          firstPingAt: isWoken ? first((facts) => facts.about === 'agent') : null,
          stopAcceptedAt: isWoken ? first((facts) => facts.about === 'state' && facts.state === 'stopping') : null,
          settledAt,
        },
        refusedStarts:
          refusals.length === 0
            ? null
            : {
                count: refusals.length,
                firstAt: refusals[0]?.at,
                lastAt: refusals.at(-1)?.at,
                code: refusals[0]?.code,
              },
        commands,
        proof:
          proved && settledAt !== null ? { pingAt: provedAt(own, settledAt), version: instance.versionAfter } : null,
        said:
          instance.reason?.code === 'update-failed'
            ? 'failed to download the agent: connect: connection refused'
            : null,
      };
    }),
  });
}

type Account = Simulated['account'];

const iso = (at: number) => new Date(at).toISOString();

/** Shortly before it was told to stop, or settled: the run sees a ping at its next look. */
function provedAt(own: Change[], settledAt: string): string {
  const stopping = own.find(({ facts }) => facts.about === 'state' && facts.state === 'stopping')?.at ?? settledAt;
  return iso(Date.parse(stopping) - 12_000);
}

const statusOf = (code: string | undefined) => (code?.startsWith('update-') ? 'Failed' : 'Success');

function changesOf({ journal }: Account): Map<string, Change[]> {
  const byId = new Map<string, Change[]>();
  for (const entry of journal.entries) {
    if (entry.kind !== 'change') continue;
    byId.set(entry.instanceId, [...(byId.get(entry.instanceId) ?? []), { at: iso(entry.at), facts: entry.facts }]);
  }
  return byId;
}

/** Starts that were asked for an instance alone, and refused. */
function refusalsOf({ journal }: Account): Map<string, { at: string; code: string }[]> {
  const byId = new Map<string, { at: string; code: string }[]>();
  for (const entry of journal.entries) {
    if (entry.kind !== 'call' || entry.operation !== 'StartInstances' || entry.error === null) continue;
    const ids = [(entry.parameters as Record<string, unknown>)['InstanceId']].flat();
    const [id] = ids;
    if (ids.length !== 1 || typeof id !== 'string') continue;
    byId.set(id, [...(byId.get(id) ?? []), { at: iso(entry.at), code: entry.error }]);
  }
  return byId;
}

function resultsOf({ objects, bucket }: Account) {
  const texts = objects
    .keys(bucket)
    .filter((key) => key.includes('/results/'))
    .map((key) => batchResultSchema.parse(JSON.parse(objects.read(bucket, key) ?? '')));
  return new Map(texts.flatMap(({ instances }) => instances.map((one) => [one.instanceId, one] as const)));
}

const manifestOf = ({ objects, bucket }: Account, runId: string) =>
  JSON.parse(objects.read(bucket, `runs/${runId}/manifest.json`) ?? '') as { listedAt: string };
