import type { Checker } from '../evidence/checker.ts';
import { bootsOf, changes, clock, type Evidence, isOurs, spansOf } from '../evidence/evidence.ts';
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

export const neverStopped: Checker = {
  promise: 'never-stopped',
  says: 'What ran before, what someone else has started, and where someone else is at work, is never stopped.',
  check(evidence) {
    return evidence.instances.flatMap((instance) => {
      const { instanceId } = instance;
      const uses = (['session', 'command', 'association'] as const).flatMap((about) =>
        spansOf(evidence, instanceId, about).map((span) => ({ ...span, about })),
      );
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
        const use = uses.find(
          ({ from, to }) => from <= stop.at - SEEN_SECONDS * 1000 && (to === null || to >= stop.at),
        );
        if (use === undefined) return [];
        const since = clock(evidence, use.from);
        return [{ ...told, text: `${instanceId} had a ${use.about} open since ${since}, and was stopped at ${when}` }];
      });
    });
  },
};
