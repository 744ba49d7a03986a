import { calls, changes, clock, type Evidence, LEASE_TAG } from '../../evidence/evidence.ts';
import { standingsBetween } from '../../evidence/standings.ts';
import { aboutStopCommands, countedIn, namedIn } from './awake-in-mail.ts';

type Mail = Evidence['overheard']['mails'][number];

/** One instance, as a mail of ReconcileLeases tells of it. */
interface Told {
  at: number;
  instanceId: string;
  action: string;
  /** How it is said to stand; empty: the line does not say. */
  state: string;
  runId: string;
  /** null: the line has no name. */
  name: string | null;
}

/** What a line calls each action, in each language. */
const ACTIONS: Record<string, string> = {
  restored: 'restored',
  'back now': 'back now',
  held: 'held',
  'handed over': 'handed over',
  'left awake': 'left awake',
  gone: 'gone',
  stopping: 'stopping',
  waiting: 'waiting',
  refused: 'refused',
  元の状態に戻しました: 'restored',
  使用後に元の状態に戻しました: 'back now',
  使用中のため保留しています: 'held',
  他の利用者に引き継ぎました: 'handed over',
  起動したままです: 'left awake',
  '終了（削除）されています': 'gone',
  '未完了です、stopping': 'stopping',
  未完了です: 'waiting',
  'AWS に拒否されました': 'refused',
};

const LINE = new RegExp(
  `^ {2}(i-\\S+) {2}(${Object.keys(ACTIONS).join('|')})(?:(?:, |、)([^,、]+))?(?:, after run |、実行 )([^\\s:：（]+)(?: \\(([^)]*)\\)|（([^）]*)）)?`,
);

/** A pass looks at an instance, goes on with the others, and tells all of them at its end. */
const PASS_MILLISECONDS = 60_000;

const AWAKE = ['running', 'pending', 'stopping'];

const SUBJECT = 'After the run: ';

const REFUSAL = /AWS refused what ReconcileLeases has to do|ReconcileLeases に必要な操作を AWS が拒否しました/;

/** What ReconcileLeases tells is what the account shows: of each instance, and of all of them together. */
export function aboutReconciledMails(evidence: Evidence): string[] {
  // The other mails are those of reports.
  const mails = evidence.overheard.mails.filter(({ subject }) => subject.includes(SUBJECT));
  const explained = new Set<string>();
  return mails.flatMap((mail) => {
    const told = toldIn(mail);
    return [
      ...told.flatMap((one) => [aboutState(evidence, one), aboutLease(evidence, one), aboutCalls(evidence, one)]),
      ...told.flatMap((one) => [aboutName(evidence, one), aboutHeld(evidence, one)]),
      aboutSubject(evidence, mail, told),
      ...aboutSubjectNames(mail, told),
      aboutAttributes(mail, told),
      ...aboutStopCommands(mail.message, leftAwakeIn(evidence, told), null),
      aboutRefusals(evidence, mail, told, explained),
    ].filter((text) => text !== null);
  });
}

const toldIn = ({ at, message }: Mail): Told[] =>
  message.split('\n').flatMap((text) => {
    const found = LINE.exec(text);
    if (found === null) return [];
    const [, instanceId = '', called = '', state = '', runId = '', en, ja] = found;
    return [{ at, instanceId, action: ACTIONS[called] ?? '', state, runId, name: en ?? ja ?? null }];
  });

function aboutState(evidence: Evidence, { at, instanceId, action, state }: Told): string | null {
  const instance = evidence.instances.find((one) => one.instanceId === instanceId);
  if (instance === undefined || state === '') return null;
  const shown = standingsBetween(evidence, instance, at - PASS_MILLISECONDS, at);
  const isTrue = state === 'left awake' ? AWAKE.some((one) => shown.has(one)) : shown.has(state);
  if (isTrue) return null;
  return `${instanceId} was ${[...shown].join(' or ')} at ${clock(evidence, at)}, and was told as ${action}, ${state}`;
}

/** What is settled carries the dead run's lease no more. */
function aboutLease(evidence: Evidence, { at, instanceId, action, runId }: Told): string | null {
  if (action !== 'restored' && action !== 'back now' && action !== 'handed over' && action !== 'left awake')
    return null;
  const last = changes(evidence, instanceId).findLast(({ at: then, facts }) => then <= at && facts.about === 'tags');
  const lease = last?.facts.about === 'tags' ? last.facts.tags[LEASE_TAG] : undefined;
  const isKept = last !== undefined && last.at < at - PASS_MILLISECONDS && lease?.split('/')[1] === runId;
  return isKept
    ? `${instanceId} carried the lease of ${runId}, and was told as ${action} at ${clock(evidence, at)}`
    : null;
}

/** What a refusal keeps ReconcileLeases from. */
const REFUSABLE = new Set(['StopInstances', 'DeleteTags']);

/** What is said to be stopping was stopped in this very pass; where AWS is said to have refused, it has. */
function aboutCalls(evidence: Evidence, { at, instanceId, action }: Told): string | null {
  const made = calls(evidence).filter(
    (call) => call.principal === 'ReconcileLeasesFunction' && call.at <= at && call.at >= at - PASS_MILLISECONDS,
  );
  const isStopped = made.some(
    ({ operation, error, instanceIds }) =>
      operation === 'StopInstances' && error === null && instanceIds.includes(instanceId),
  );
  const isRefused = made.some(({ operation, error }) => REFUSABLE.has(operation) && error !== null);
  const isTrue = (action !== 'stopping' || isStopped) && (action !== 'refused' || isRefused);
  return isTrue
    ? null
    : `${instanceId} was told as ${action} at ${clock(evidence, at)}, and no call of this pass came to that`;
}

/** In the order of the subject, with what the lines call them. */
const COUNTED: [what: string, actions: string[]][] = [
  ['restored', ['restored']],
  ['back now', ['back now']],
  ['handed over', ['handed over']],
  ['left awake', ['left awake']],
  ['gone', ['gone']],
  ['refused', ['refused']],
  ['held', ['held']],
  ['not yet', ['stopping', 'waiting']],
];

/** The numbers that the lines have, in the subject's order; who is named in brackets is among them. */
function aboutSubject(evidence: Evidence, { at, subject }: Mail, told: Told[]): string | null {
  const should = COUNTED.flatMap(([what, actions]) => {
    const count = told.filter(({ action }) => actions.includes(action)).length;
    return count > 0 ? [`${count} ${what}`] : [];
  }).join(', ');
  const leftAwake = told.filter(({ action }) => action === 'left awake').length;
  const head = leftAwake > 0 ? `LEFT AWAKE: ${leftAwake}. ` : '';
  const named = [...subject.matchAll(/ \(([^)]*)\)/g)].flatMap(([, names = '']) => names.split(/, | and /));
  const ids = told.map(({ instanceId }) => instanceId);
  const strangers = named.filter((name) => name.startsWith('i-') && !ids.includes(name));
  if (subject.replace(/ \([^)]*\)/g, '') === `${head}${SUBJECT}${should}` && strangers.length === 0) return null;
  return `the mail at ${clock(evidence, at)} tells of ${should}, and its subject is ${subject}`;
}

/** A line has the name by which people know its instance. */
function aboutName({ instances }: Evidence, { instanceId, name }: Told): string | null {
  const instance = instances.find((one) => one.instanceId === instanceId);
  return instance === undefined || instance.name === name
    ? null
    : `${instanceId} is called ${instance.name ?? 'nothing'}, and a mail calls it ${name ?? 'nothing'}`;
}

/** What a run has left to others, and its report says so, is back once they have left it: that is news of its own. */
function aboutHeld({ executions }: Evidence, { instanceId, action, runId }: Told): string | null {
  const lines = executions.find(({ name }) => name === runId)?.report?.instances ?? [];
  const text = lines.find((line) => line.instanceId === instanceId)?.reason?.text ?? '';
  return action === 'restored' && text.includes(': it is held, and put back once')
    ? `${instanceId} was held for others by ${runId}, and is told as restored`
    : null;
}

/** Who stands in brackets behind a number: as many as it says, each with what was done to it. */
const aboutSubjectNames = ({ subject }: Mail, told: Told[]): string[] =>
  [...subject.matchAll(/(?:LEFT AWAKE: (\d+)|(\d+) ([a-z ]+)) \(([^)]*)\)/g)].flatMap(
    ([, awake, many, what, names = '']) => {
      const actions = awake === undefined ? (COUNTED.find(([counted]) => counted === what)?.[1] ?? []) : ['left awake'];
      const ones = told.filter(({ action }) => actions.includes(action));
      const strangers = namedIn(names).filter(
        (one) => !ones.some(({ name, instanceId }) => one === name || one === instanceId),
      );
      return strangers.length === 0 && countedIn(names) === Number(awake ?? many)
        ? []
        : [`${names} stands for ${awake ?? many} in the subject: ${subject}`];
    },
  );

const SETTLED = ['restored', 'back now', 'handed over', 'left awake', 'gone'];

/** What is told can be filtered: by whether anything is settled, and whether someone has to act. */
function aboutAttributes({ at, message, attributes }: Mail, told: Told[]): string | null {
  const status = told.some(({ action }) => SETTLED.includes(action)) ? 'restored' : 'open';
  const isCritical = REFUSAL.test(message) || told.some(({ action }) => action === 'left awake');
  const severity = isCritical ? 'critical' : 'info';
  return attributes['status'] === status && attributes['severity'] === severity
    ? null
    : `the mail of ${new Date(at).toISOString()} is ${status} and ${severity}, and can be filtered as ${JSON.stringify(attributes)}`;
}

const leftAwakeIn = ({ instances }: Evidence, told: Told[]) =>
  told
    .filter(({ action }) => action === 'left awake')
    .map(({ instanceId }) => ({
      instanceId,
      originalState: instances.find((one) => one.instanceId === instanceId)?.settled ?? null,
    }));

/** The first refusal of a run comes with what a person has to do about it. */
function aboutRefusals(evidence: Evidence, { at, message }: Mail, told: Told[], explained: Set<string>): string | null {
  const runs = told.flatMap(({ action, runId }) => (action === 'refused' ? [runId] : []));
  const isNew = runs.some((runId) => !explained.has(runId));
  for (const runId of runs) explained.add(runId);
  const isExplained = REFUSAL.test(message);
  if (isNew && !isExplained)
    return `the mail at ${clock(evidence, at)} tells of a refusal, and not what to do about it`;
  return isExplained && runs.length === 0
    ? `the mail at ${clock(evidence, at)} explains a refusal, and tells of none`
    : null;
}
