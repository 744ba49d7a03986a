import { pingsOf } from '../evidence/evidence.ts';
import { isAtLeast } from '../evidence/versions.ts';
import { type NeedlessCase, sendsOf } from './needless-case.ts';

/** What goes into a second command by design, or by a struck try. */
const mayBeSentTwice = ({ evidence, instance, execution }: NeedlessCase): boolean =>
  // A lost command is followed by another; one that met AWS's own update, or could download nothing yet, too.
  instance.behaviours.some((name) =>
    ['command-lost', 'update-in-progress', 'proxy-not-up', 'package-database-locked'].includes(name),
  ) ||
  evidence.faults.some(({ at, text }) => at >= execution.startedAt && /UpdateAgentFunction|SendCommand/.test(text));

/** A command to an agent that has reported the target already, in this boot. */
function isUnneeded(given: NeedlessCase, sentAt: number): boolean {
  const { evidence, instance, execution } = given;
  const target = execution.report?.targetVersion;
  const heard = pingsOf(evidence, instance.instanceId).findLast(({ at }) => at <= sentAt);
  return target !== undefined && heard !== undefined && isAtLeast(heard.version, target);
}

/** How an instance for which nothing bad was drawn ended badly; null: it did not. */
export function needlessFailure(given: NeedlessCase): string | null {
  const { execution, instance, line } = given;
  if (line === null) return `failed with its run: ${execution.error}`;
  const { outcome, reason, finalState } = line;
  if (outcome !== 'updated' && outcome !== 'already-current') {
    return `${outcome} [${reason?.code ?? 'no reason'}] ${reason?.text ?? ''}`;
  }
  if (finalState !== instance.settled)
    return `${outcome}, but was ${instance.settled} and is ${finalState} [${reason?.code}]`;
  const sends = sendsOf(given);
  if (sends.length > 1 && !mayBeSentTwice(given)) return `${outcome}, with ${sends.length} commands`;
  const [first] = sends;
  return first !== undefined && isUnneeded(given, first)
    ? `${outcome}, and a command was sent although it had the version`
    : null;
}
