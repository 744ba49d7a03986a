import { bySsm } from '../../evidence/doubt.ts';
import { endsOf } from '../../evidence/ends.ts';
import { calls, changes, pingsOf } from '../../evidence/evidence.ts';
import { spansOf } from '../../evidence/spans.ts';
import { standingsOf } from '../../evidence/standings.ts';
import { isUntold, type LineRule, type ReportedLine, shownAtListing, shownInRun } from './reported-line.ts';

/** A fact that a text states, found by its words, and what must be so. */
interface StatedFact {
  words: RegExp;
  isTrue(seen: ReportedLine, ...found: string[]): boolean;
}

const hasPinged = ({ evidence, instance }: ReportedLine, time: string, version?: string): boolean =>
  pingsOf(evidence, instance.instanceId).some(
    (ping) =>
      Math.abs(bySsm(evidence, ping.at) - Date.parse(time)) < 1000 &&
      (version === undefined || version === 'no version' || ping.version === version),
  );

const isLaunchTime = ({ evidence, instance, execution }: ReportedLine, time: string): boolean =>
  standingsOf(evidence, instance).some(
    ({ standing, launchTime, by }) =>
      standing === 'pending' && launchTime === Date.parse(time) && by !== null && by.runId !== execution.name,
  );

const wasShown = (seen: ReportedLine, state: string): boolean =>
  shownInRun(seen).has(state) || shownAtListing(seen).has(state);

const facts: StatedFact[] = [
  {
    words:
      /\b(?:it|instance) (is|was)(?: still)? (pending|running|stopping|stopped|shutting-down|terminated|hibernated)\b/g,
    // What a dead run left behind is told as it was before that run.
    isTrue: (seen, verb = '', state = '') =>
      wasShown(seen, state) ||
      // EC2 itself says of what is hibernated that it is stopped.
      (state === 'stopped' && wasShown(seen, 'hibernated')) ||
      (verb === 'was' && seen.line.originalState === state && seen.instance.before.state === state),
  },
  {
    words: /it was started again at (\d{4}-\S+Z)/g,
    isTrue: (seen, time = '') => isLaunchTime(seen, time),
  },
  {
    words: /its last ping, with (\S+|no version), is of (\d{4}-\S+Z)/g,
    isTrue: (seen, version, time = '') => hasPinged(seen, time, version),
  },
  { words: /last pinged at (\d{4}-\S+?Z)/g, isTrue: (seen, time = '') => hasPinged(seen, time) },
  {
    words: /has never pinged/g,
    isTrue: ({ evidence, instance, ended }) => pingsOf(evidence, instance.instanceId).every(({ at }) => at > ended),
  },
  {
    words: /the agent reports (\S+) instead of ([^\s;]+)/g,
    isTrue: (seen, version = '', target = '') =>
      target === seen.report.targetVersion &&
      pingsOf(seen.evidence, seen.instance.instanceId).some(
        (ping) => ping.version === version && ping.at <= seen.ended,
      ),
  },
  {
    words: /has a session on it \((\S+)\)/g,
    isTrue: ({ evidence, instance }, id = '') =>
      spansOf(evidence, instance.instanceId, 'session').some((span) => span.id === id),
  },
  {
    words: /(?:nothing is stopped after|could be stopped until) (\d{4}-\S+Z)/g,
    // One that was taken over goes by the end of the dead run.
    isTrue: ({ evidence }, time = '') =>
      evidence.executions.some((one) => endsOf(evidence, one).stopUntil === Date.parse(time)),
  },
  {
    words: /EC2 does not know it/g,
    isTrue: ({ evidence, instance }) =>
      instance.before.state === 'not-found' ||
      changes(evidence, instance.instanceId).some((change) => change.facts.about === 'gone'),
  },
];

/** What says that an agent was not heard, and goes by EC2's status checks. */
const UNHEARD = new Set(['never-registered', 'no-instance-profile', 'agent-not-pinging']);

/** These have a status check that does not pass. */
const BROKEN = new Set(['system-hangs', 'host-fails', 'volume-stalls']);

/** Where EC2 has said that an instance is well, its reason says so, too: that leaves the agent. */
function lacksStatus({ evidence, execution, instance, line }: ReportedLine): boolean {
  const isAsked = calls(evidence, 'DescribeInstanceStatus').some(
    ({ error, runId, instanceIds }) =>
      error === null && runId === execution.name && instanceIds.includes(instance.instanceId),
  );
  const isWell = !instance.behaviours.some((name) => BROKEN.has(name));
  const { code = '', text = '' } = line.reason ?? {};
  return isAsked && isWell && UNHEARD.has(code) && !text.includes("EC2's status checks pass");
}

export const reasonText: LineRule = (seen) => {
  const text = seen.line.reason?.text ?? '';
  if (lacksStatus(seen)) return `is well by EC2's status checks, and its reason does not say so: "${text}"`;
  for (const { words, isTrue } of facts) {
    for (const [said, ...found] of text.matchAll(words)) {
      if (!isTrue(seen, ...found)) return `is told of with "${said}", which is not so`;
    }
  }
  return null;
};

/** A lease that holds nothing is told, and only that. */
export const notes: LineRule = (seen) => {
  const { evidence, instance, line, listed } = seen;
  const isTold = line.notes.some(({ code }) => code === 'lease-ignored');
  const carried = new Set([instance.before.lease]);
  for (const { at, facts: what } of changes(evidence, instance.instanceId)) {
    if (what.about === 'tags' && at <= listed) carried.add(what.tags['reveille:lease'] ?? null);
  }
  if (isTold && [...carried].every((lease) => lease === null)) return 'is said to carry a lease, and carried none';
  // A lease that counts excludes its instance, and the reason of that says so, where nothing else excludes it before.
  const isBusy = line.reason?.code === 'busy' || instance.behaviours.includes('leased-by-others');
  const isCopied = instance.before.lease !== null && carried.size === 1 && !isBusy;
  return isCopied && !isTold && !isUntold(seen)
    ? `carries the lease ${instance.before.lease} of no run, and the report is silent`
    : null;
};
