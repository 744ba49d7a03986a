import type { Checker, Complaint } from '../evidence/checker.ts';
import { isAnsweredAsOurs } from '../evidence/doubt.ts';
import { type Boot, bootsOf, calls, changes, clock, type Evidence, isOurs } from '../evidence/evidence.ts';
import { spansOf } from '../evidence/spans.ts';
import { LEASE_TAG } from '../play/deeds.ts';

/** What has only just been done may not be seen yet. */
const SEEN_SECONDS = 120;

/** When someone else took away the lease that this boot was started with; null: it was not taken away. */
function leaseGoneAt(evidence: Evidence, instanceId: string, from: number, to: number): number | null {
  const gone = changes(evidence, instanceId).find(
    ({ at, facts, by }) =>
      facts.about === 'tags' &&
      at > from &&
      at <= to &&
      by !== null &&
      !isOurs(by.principal) &&
      !Object.hasOwn(facts.tags, LEASE_TAG),
  );
  return gone?.at ?? null;
}

const WORK = {
  session: 'a session open',
  command: 'a command at work',
  association: 'an association at work',
} as const;

/** What someone else was doing on it at a moment, and since when; null: nothing. An update has a promise of its own. */
function workAt(evidence: Evidence, instanceId: string, at: number): string | null {
  for (const about of ['session', 'command', 'association'] as const) {
    const span = spansOf(evidence, instanceId, about).find(
      ({ from, to }) => from <= at - SEEN_SECONDS * 1000 && (to === null || to >= at),
    );
    if (span !== undefined) return `${WORK[about]} since ${clock(evidence, span.from)}`;
  }
  return null;
}

/** For so long nothing was seen on what a run has left to others, before it is put back, by whichever run has it then. */
const QUIET_SECONDS = 20 * 60;

const WORK_CODES = new Set(['session-active', 'command-running', 'association-running']);

/** When the work was over for which a run that has ended had left this boot awake; null: none did. */
function leftToOthersUntil(evidence: Evidence, instanceId: string, { at, stop }: Boot): number | null {
  const ends = evidence.executions.flatMap(({ endedAt, report }) => {
    const line = report?.instances.find((one) => one.instanceId === instanceId);
    const codes = line === undefined ? [] : [line.reason, ...line.notes].map((reason) => reason?.code ?? '');
    const isOfBoot = endedAt !== null && endedAt > (at ?? 0) && endedAt < (stop?.at ?? 0);
    if (!isOfBoot || !codes.some((code) => WORK_CODES.has(code))) return [];
    const spans = (['session', 'command', 'association'] as const).flatMap((about) =>
      spansOf(evidence, instanceId, about),
    );
    return spans.flatMap(({ from, to }) => (to !== null && from <= endedAt && to >= endedAt ? [to] : []));
  });
  return ends.length === 0 ? null : Math.max(...ends);
}

/** What is written down as our boot is a boot that we have started, and is written once. */
function falselyOurs(evidence: Evidence): Omit<Complaint, 'promise'>[] {
  const { boots } = evidence.overheard;
  return evidence.instances.flatMap((instance) => {
    const { instanceId } = instance;
    const started = bootsOf(evidence, instance).filter(
      (boot) => boot.ours || isAnsweredAsOurs(evidence, instance, boot),
    );
    return Object.keys(boots)
      .filter((key) => key.endsWith(`/${instanceId}.json`))
      .flatMap((key) => {
        const told = { instanceId, at: null };
        const writes = calls(evidence, 'PutObject').filter(
          ({ error, parameters }) => error === null && parameters['key'] === key,
        );
        const isOurs = started.some(({ launchTime }) => launchTime === boots[key]);
        return [
          ...(isOurs ? [] : [{ ...told, text: `${instanceId}: a boot is written down as ours that we did not start` }]),
          ...(writes.length > 1 ? [{ ...told, text: `${instanceId}: which boot is ours was written twice` }] : []),
        ];
      });
  });
}

export const neverStopped: Checker = {
  promise: 'never-stopped',
  says: 'What was running, what someone else has started, and where someone else is at work, is never stopped.',
  check(evidence) {
    const stopped = evidence.instances.flatMap((instance) => {
      const { instanceId } = instance;
      return bootsOf(evidence, instance).flatMap((boot) => {
        const { at, ours, stop } = boot;
        if (stop === null || !stop.ours) return [];
        const when = clock(evidence, stop.at);
        const told = { instanceId, at: stop.at };
        if (isAnsweredAsOurs(evidence, instance, boot)) return [];
        if (!ours) {
          const since = at === null ? 'since before the run' : `since ${clock(evidence, at)}, by someone else's start`;
          return [{ ...told, text: `${instanceId} ran ${since}, and ${stop.principal} stopped it at ${when}` }];
        }
        const goneAt = leaseGoneAt(evidence, instanceId, at ?? evidence.startedAt, stop.at);
        if (goneAt !== null && goneAt <= stop.at - SEEN_SECONDS * 1000) {
          const text = `${instanceId}: someone else took its lease away at ${clock(evidence, goneAt)}, and ${stop.principal} stopped it at ${when}`;
          return [{ ...told, text }];
        }
        const usedUntil = leftToOthersUntil(evidence, instanceId, boot);
        if (usedUntil !== null && stop.at < usedUntil + QUIET_SECONDS * 1000) {
          const text = `${instanceId} was left to others, who were at work until ${clock(evidence, usedUntil)}, and ${stop.principal} stopped it at ${when}`;
          return [{ ...told, text }];
        }
        const work = workAt(evidence, instanceId, stop.at);
        return work === null ? [] : [{ ...told, text: `${instanceId} had ${work}, and was stopped at ${when}` }];
      });
    });
    return [...stopped, ...falselyOurs(evidence)];
  },
};
