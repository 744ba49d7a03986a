import { bootsOf, clock, spansOf } from '../evidence.ts';
import type { Checker } from './checker.ts';

/** A session that has just been opened may not be seen yet. */
const SESSION_SEEN_SECONDS = 120;

export const neverStopped: Checker = {
  promise: 'never-stopped',
  says: 'What ran before, what somebody else has started, and where somebody is at work, is never stopped.',
  check(evidence) {
    return evidence.instances.flatMap((instance) => {
      const { instanceId } = instance;
      const sessions = spansOf(evidence, instanceId, 'session');
      return bootsOf(evidence, instance).flatMap(({ at, ours, stop }) => {
        if (stop === null || !stop.ours) return [];
        const when = clock(evidence, stop.at);
        const told = { instanceId, at: stop.at };
        if (!ours) {
          const since = at === null ? 'since before the run' : `since ${clock(evidence, at)}, by somebody else's start`;
          return [{ ...told, text: `${instanceId} ran ${since}, and ${stop.principal} stopped it at ${when}` }];
        }
        const session = sessions.find(
          ({ from, to }) => from <= stop.at - SESSION_SEEN_SECONDS * 1000 && (to === null || to >= stop.at),
        );
        if (session === undefined) return [];
        const since = clock(evidence, session.from);
        return [{ ...told, text: `${instanceId} had a session open since ${since}, and was stopped at ${when}` }];
      });
    });
  },
};
