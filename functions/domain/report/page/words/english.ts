import { html } from '../markup/html.ts';
import type { PageWords } from './page-words.ts';

const n = (value: number): string => value.toLocaleString('en-US');

const many = (count: number, one: string, more: string): string => `${n(count)} ${count === 1 ? one : more}`;

/** Of so many that took part. */
const proved = (count: number, of: number, version: string): string => {
  if (of === 0) return '';
  if (count === 0) return `No agent is proved to be on ${version}. `;
  return `${count === of && count > 1 ? 'All ' : ''}${many(count, 'agent is', 'agents are')} proved to be on ${version}. `;
};

const duration = (seconds: number): string => {
  const minutes = Math.round(seconds / 60);
  if (seconds < 90) return `${Math.round(seconds)} s`;
  if (minutes < 90) return `${minutes} min`;
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, '0')}`;
};

export const english: PageWords = {
  language: 'en',
  gap: ' ',
  comma: ', ',
  fullStop: '.',
  number: n,
  duration,
  date: (moment, timeZone) =>
    new Intl.DateTimeFormat('en-GB', {
      weekday: 'long',
      day: 'numeric',
      month: 'long',
      year: 'numeric',
      timeZone,
    }).format(moment),
  masthead: {
    run: 'run',
    account: 'account',
    skipToFailures: 'Skip to the failures',
    skipToTable: 'Skip to the table of instances',
    otherLanguage: '日本語',
  },
  deck: ({
    report: { counts, targetVersion },
    woken,
    untimed,
    untold,
    unwoken,
    running,
    awakeSeconds,
    durationSeconds,
  }) => {
    const tookPart = counts.intended - counts.excluded;
    const timed = untimed.length === woken.length ? '' : ` for ${duration(awakeSeconds)} altogether`;
    const awake = `${many(woken.length, 'instance', 'instances')} woken${timed}`;
    const parts = [
      ...(woken.length === 0
        ? untold.length === 0
          ? [unwoken.length === 0 ? 'No instance had to be woken' : 'No instance was woken']
          : []
        : [awake]),
      ...(untimed.length > 0 ? [`${n(untimed.length)} not seen asleep again`] : []),
      ...(running.length > 0 ? [`${n(running.length)} handled while ${running.length === 1 ? 'it' : 'they'} ran`] : []),
      ...(woken.length > 0 && unwoken.length > 0 ? [`${n(unwoken.length)} never woken`] : []),
      ...(untold.length > 0 ? [`of ${n(untold.length)} it is not known`] : []),
    ];
    return `${proved(counts.updated + counts.alreadyCurrent, tookPart, targetVersion)}${parts.join(', ')}. ${duration(durationSeconds)} from first to last.`;
  },
  promises: {
    heading: 'The two promises',
    noFalseSuccess: 'No false success',
    backAsItWas: 'Back as it was',
    kept: 'kept',
    notKept: (count) => (count === 0 ? 'not kept' : `not kept for ${n(count)}`),
    notChecked: 'not checked',
    updated: (count) =>
      html`<b>${n(count)}</b> counted as updated: only a version that the agent itself reports, in a ping newer than the command’s end, makes one. A command’s own “Success” counts for nothing.`,
    current: (count) => html`<b>${n(count)}</b> had the version already.`,
    accounted: (count, haveReasons) =>
      html`<b>${n(count)}</b> intended, <b>${n(count)}</b> accounted for, each with one outcome${haveReasons && '; each that failed or was excluded has a reason'}.`,
    versionsNotChecked: html`This report has not checked the versions once more.`,
    woken: (count, stopped, hibernated) => {
      const how = [
        ...(stopped > 0 ? [`${n(stopped)} stopped`] : []),
        ...(hibernated > 0 ? [`${n(hibernated)} hibernated`] : []),
      ].join(' and ');
      return html`<b>${n(count)}</b> woken, <b>${n(stopped + hibernated)}</b> seen asleep again${how !== '' && `: ${how}`}.`;
    },
    running: (count, isChecked) =>
      isChecked
        ? html`<b>${n(count)}</b> ran before, each still in the same boot.`
        : html`<b>${n(count)}</b> ran before. Whether each is still in the same boot has not been checked.`,
    leases: html`No lease tag is left.`,
    statesNotChecked: html`This report has not checked once more how each instance stands.`,
    leftAwake: 'Left awake:',
    notAsBefore: 'Not as before:',
    backSince: 'Put back only after the run:',
  },
  equation: {
    heading: 'What was meant, and what became of it',
    intended: 'intended',
    one: 'One square is one instance.',
    many: (each) => `One square is ${n(each)} instances.`,
  },
  failures: {
    heading: (count, causes) => `${many(count, 'failure', 'failures')}${causes > 1 ? ', by cause' : ''}`,
    order: 'Begin with the first: it needs a person. What the next run may mend by itself comes last.',
    none: 'No instance failed.',
    noneTookPart: 'All instances were excluded. A run that reaches no instance is no success.',
    cause: 'Cause, and which instances',
    seen: 'What was seen',
    toDo: 'What to do',
    more: (count) => `${n(count)} more`,
    moreTexts: (count) => `${n(count)} more like it`,
    besides: 'No failure, and yet it fails the run',
    died: 'The execution ended before it made its report. ReconcileLeases has made this one from what was left.',
    copy: 'Copy',
    copied: 'Copied',
    look: 'To look at it:',
    printed: 'What it printed:',
    saidByAws: 'In the words of AWS:',
    chronicle: {
      startAccepted: 'start accepted',
      running: 'running',
      firstPing: 'first ping',
      sent: 'update sent',
      sentAgain: 'update sent again',
      ended: 'command ended',
      stopAccepted: 'told to stop',
      settled: 'last look of the run',
      awakeFor: (time) => `awake for ${time} in all`,
      restored: 'seen asleep again',
      woken: 'woken',
      noPing: 'no ping',
      noEnd: 'the command’s end was not seen',
      refused: (count, from, to) =>
        count === 1 ? `start refused at ${from}` : `start refused ${n(count)} times, ${from} to ${to}`,
      fellBack: (count, from, to) =>
        count === 1
          ? `fell back to stopped, seen at ${from}`
          : `fell back to stopped ${n(count)} times, ${from} to ${to}`,
    },
  },
  timeline: {
    heading: 'The run, instance by instance',
    headingMany: 'The run, all at once',
    clock: (timeZone) => `Wall clock, ${timeZone}`,
    awakeAtOnce: 'Awake at once because of Reveille',
    most: (count, at) => `at most ${n(count)}, at ${at}`,
    note: (timeZone, fold) =>
      fold === null
        ? `Times are ${timeZone}.`
        : `Times are ${timeZone}. Right of the dashed line, from ${fold.at} on, time is drawn ${n(fold.times)} times denser.`,
    listing: 'listing',
    group: (name, count) => `${name}: ${many(count, 'instance', 'instances')}`,
    wasAsleep: 'was asleep',
    wasRunning: 'was running',
    eachLine: 'Each line is one instance, the earliest done on top.',
    eachLineOf: (count) =>
      `Each line stands for ${n(count)} instances: it is the middle one of them. The earliest done on top.`,
    late: (count) => `The last ${n(count)} to be done, one by one`,
    moreLate: (count) => `${n(count)} more took longer than the rest. All of them are in the table.`,
    halfDone: (half, most) => `half done by ${half}, 9 of 10 by ${most}`,
    failed: (count) => `${n(count)} failed`,
    awakeFor: (time) => `awake ${time}`,
    notWoken: 'not woken',
    ranOn: 'was running',
    noTime: 'time not recorded',
    median: 'median',
    p90: 'p90',
    longest: 'longest',
    refused: (count) => `start failed ${n(count)} ${count === 1 ? 'time' : 'times'}`,
    lessKnown: 'This report does not say what an instance was at while it was awake.',
    phases: {
      boot: { letter: 'B', name: 'booting', means: 'start accepted until running' },
      register: { letter: 'R', name: 'registering', means: 'running until the agent pings' },
      turn: { letter: '', name: 'waiting', means: 'awake, until its next turn' },
      update: { letter: 'U', name: 'updating', means: 'command sent until it ended' },
      prove: { letter: 'P', name: 'proving', means: 'until a newer ping proves it' },
      back: { letter: 'G', name: 'going back', means: 'told to stop until seen asleep' },
      awake: { letter: '', name: 'awake', means: 'started until seen asleep' },
    },
  },
  took: {
    heading: 'What it took',
    awakeTogether: 'awake, all instances together',
    perInstance: 'awake, the median instance',
    longest: 'awake, the longest',
    duration: 'from first to last',
    where: 'Where the time awake went',
    longestAlone: (name, share) => `${name} alone took ${share}% of it.`,
    longestFew: (count, share) => `${n(count)} instances took ${share}% of it.`,
    nothingWoken: 'No instance was woken, so none cost a minute.',
    untimed: (count) =>
      `${many(count, 'woken instance was', 'woken instances were')} not seen asleep again: what ${count === 1 ? 'it' : 'they'} cost is not counted.`,
  },
  table: {
    heading: 'Every instance',
    search: 'Name, ID, platform, reason',
    all: 'all',
    name: 'Instance',
    group: 'Group',
    outcome: 'Outcome',
    state: 'Was → is',
    version: 'Agent, platform',
    awake: 'Awake',
    done: 'Done at',
    reason: 'Reason',
    shown: '%a of %b instances',
    showAll: 'Show all %a',
    noMatch: 'No instance matches.',
    needsScript:
      'This table needs JavaScript. Everything above does not, and report.json beside this page has all of it.',
    units: { s: ' s', min: ' min', h: ' h ', afterHours: '' },
  },
  leftOut: {
    heading: (count) => `${many(count, 'instance was', 'instances were')} excluded, and why`,
    none: 'No instance was excluded.',
  },
  leftAwake: {
    heading: (count) => `${many(count, 'instance', 'instances')} left awake, asleep before the run`,
    toStop: (count) => `To stop ${count === 1 ? 'it' : 'them'}, once no one needs ${count === 1 ? 'it' : 'them'}:`,
  },
  afterRun: {
    heading: 'After the run',
    says: 'What ReconcileLeases did once the run was over.',
    actions: {
      restored: 'put back as it was',
      'back-now': 'put back, once no one was at work on it',
      'handed-over': 'left awake for someone else',
      'left-awake': 'left awake: the window was over',
      gone: 'terminated meanwhile',
    },
    otherwise: (state) => `asleep again, and not as before: ${state}`,
  },
  outcomes: { updated: 'updated', 'already-current': 'already current', failed: 'failed', excluded: 'excluded' },
  states: {
    pending: 'starting',
    running: 'running',
    'shutting-down': 'shutting down',
    terminated: 'terminated',
    stopping: 'stopping',
    stopped: 'stopped',
    hibernated: 'hibernated',
    'handed-over': 'left awake',
    'opted-out': 'left awake, by its tag',
  },
  unknownState: 'unknown',
  footer: ({ report: { runId }, clock }) =>
    `Made from report.json of ${runId}. Times are ${clock.timeZone}. This page loads nothing.`,
};
