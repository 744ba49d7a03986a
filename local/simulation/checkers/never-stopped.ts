import type { Checker, Complaint } from '../evidence/checker.ts';
import { bootsOf, calls, changes, clock, type Evidence, isOurs, spansOf } from '../evidence/evidence.ts';
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

/** What is written down as our boot is a boot that we have started, and is written once. */
function falselyOurs(evidence: Evidence): Omit<Complaint, 'promise'>[] {
  const { boots } = evidence.overheard;
  return evidence.instances.flatMap((instance) => {
    const { instanceId } = instance;
    const started = bootsOf(evidence, instance).filter(({ ours }) => ours);
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
      return bootsOf(evidence, instance).flatMap(({ at, ours, stop }) => {
        if (stop === null || !stop.ours) return [];
        const when = clock(evidence, stop.at);
        const told = { instanceId, at: stop.at };
        if (!ours) {
          const since = at === null ? 'since before the run' : `since ${clock(evidence, at)}, by someone else's start`;
          return [{ ...told, text: `${instanceId} ran ${since}, and ${stop.principal} stopped it at ${when}` }];
        }
        const goneAt = leaseGoneAt(evidence, instanceId, at ?? evidence.startedAt, stop.at);
        if (goneAt !== null && goneAt <= stop.at - SEEN_SECONDS * 1000) {
          const text = `${instanceId}: someone else took its lease away at ${clock(evidence, goneAt)}, and ${stop.principal} stopped it at ${when}`;
          return [{ ...told, text }];
        }
        const work = workAt(evidence, instanceId, stop.at);
        return work === null ? [] : [{ ...told, text: `${instanceId} had ${work}, and was stopped at ${when}` }];
      });
    });
    return [...stopped, ...falselyOurs(evidence)];
  },
};
