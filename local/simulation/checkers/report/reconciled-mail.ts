import { clock, type Evidence } from '../../evidence/evidence.ts';
import { standingsBetween } from '../../evidence/standings.ts';

/** A line of ReconcileLeases' mail: which instance, what was done, and how it stands. */
const LINE = /^ {2}(i-\S+) {2}(restored|handed over|gone), ([^,]+), after run /;

/** A pass looks at an instance, goes on with the others, and tells all of them at its end. */
const PASS_MILLISECONDS = 60_000;

const AWAKE = ['running', 'pending', 'stopping'];

/** What ReconcileLeases tells of each instance that it put back or left to others is what the account shows. */
export const aboutReconciledMails = (evidence: Evidence): string[] =>
  evidence.overheard.mails.flatMap(({ at, message }) =>
    message.split('\n').flatMap((text) => {
      const [, instanceId = '', action, state = ''] = LINE.exec(text) ?? [];
      const instance = evidence.instances.find((one) => one.instanceId === instanceId);
      if (instance === undefined) return [];
      const shown = standingsBetween(evidence, instance, at - PASS_MILLISECONDS, at);
      const isTrue = state === 'left awake' ? AWAKE.some((one) => shown.has(one)) : shown.has(state);
      return isTrue
        ? []
        : [
            `${instanceId} was ${[...shown].join(' or ')} at ${clock(evidence, at)}, and was told as ${action}, ${state}`,
          ];
    }),
  );
