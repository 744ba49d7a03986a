// Every reason code, by what it does to an instance. docs/reasons.md is made from these tables.
import { failures, type ReportedCode } from './failure-codes.ts';

/**
 * Why an instance is left out. A benign exclusion is structural or chosen, and leaves a run successful; any other would
 * hide a failure behind "excluded", so it fails the run.
 */
export const exclusions = {
  'auto-scaling': {
    title: 'Member of an Auto Scaling group',
    benign: true,
    meaning: 'It belongs to an Auto Scaling group, which would replace it as soon as it stops.',
    whatToDo: 'Nothing: update the image of the group.',
  },
  'instance-store': {
    title: 'Its root is an instance store',
    benign: true,
    meaning: 'Its root device is an instance store, so it can never be stopped.',
    whatToDo: 'Nothing: update it by other means.',
  },
  'not-found': {
    title: 'EC2 does not know it',
    benign: true,
    meaning: 'The resource group names it, and EC2 does not know it.',
    whatToDo: 'Take it out of the group.',
  },
  'opted-out': {
    title: 'Carries the opt-out tag',
    benign: true,
    meaning: 'It carries the opt-out tag.',
    whatToDo: 'Remove the tag, or set it to false, once the instance may take part.',
  },
  spot: {
    title: 'Running Spot Instance',
    benign: true,
    meaning: 'It is a running Spot Instance, and EC2 may refuse to stop it.',
    whatToDo: 'Nothing: update it by other means.',
  },
  'spot-interrupted': {
    title: 'Spot Instance that EC2 has interrupted',
    benign: true,
    meaning: 'It is a Spot Instance that EC2 has interrupted, so only EC2 can start it again.',
    whatToDo: 'Nothing: a later run meets it again.',
  },
  'stop-protected': {
    title: 'Protected from being stopped',
    benign: true,
    meaning: 'It has stop protection: once started, it could not be stopped.',
    whatToDo: 'Turn the protection (disableApiStop) off if the instance is to take part.',
  },
  terminated: {
    title: 'Terminated before the run',
    benign: true,
    meaning: 'It is terminated, or about to be.',
    whatToDo: 'Take it out of the resource group.',
  },
  'still-in-transition': {
    title: 'Still starting or stopping',
    benign: false,
    meaning: 'It was still starting or stopping, or a dead run had just left it, after the last listing.',
    whatToDo: 'Start the run again. If it is stuck, force its stop in EC2.',
  },
  busy: {
    title: 'Held by another run',
    benign: false,
    meaning: 'Another run or another state machine holds it.',
    whatToDo: 'Wait for the other run to end, and start this one again.',
  },
  'finish-by': {
    title: 'No time left before finishBy',
    benign: false,
    meaning: 'There was no time left to update and restore it before finishBy. One that was tried before has failed.',
    whatToDo: 'Start the run earlier, choose a later finishBy, or shorten the deadlines.',
  },
} as const satisfies Record<string, ReportedCode & { benign: boolean }>;

/**
 * Why an instance is left to someone else: it keeps its outcome, and is not stopped. `failsRun`: whatever its outcome.
 */
export const handovers = {
  'started-by-others': {
    title: 'Started by someone else',
    failsRun: false,
    meaning: 'Someone else started it before Reveille did.',
    whatToDo: 'Stop it once they are done.',
  },
  'restarted-by-others': {
    title: 'Restarted by someone else',
    failsRun: false,
    meaning: 'Someone else restarted it while Reveille held it.',
    whatToDo: 'Stop it once they are done.',
  },
  'session-active': {
    title: 'Someone had a session on it',
    failsRun: false,
    meaning: 'Someone had a Session Manager session on it for more than 20 minutes.',
    whatToDo: 'Stop it once they are done.',
  },
  'command-running': {
    title: 'A command of someone else ran on it',
    failsRun: false,
    meaning: "Someone else's command ran on it for more than 20 minutes.",
    whatToDo: 'Stop it once the command has ended.',
  },
  'association-running': {
    title: 'An association ran on it',
    failsRun: false,
    meaning: 'An association of State Manager ran on it for more than 20 minutes.',
    whatToDo: 'Stop it once the association has ended.',
  },
  'lease-removed': {
    title: 'Its lease tag was removed',
    failsRun: true,
    meaning: 'Someone else removed or changed its lease tag, so Reveille neither starts nor stops it.',
    whatToDo: 'Find out who did it, and stop the instance if it is still awake.',
  },
} as const satisfies Record<string, ReportedCode & { failsRun: boolean }>;

/** What is worth knowing of an instance whose work went well. `failsRun`: a promise was not kept all the same. */
export const remarks = {
  'updated-by-others': {
    title: 'Updated by someone else',
    failsRun: false,
    meaning: 'An update of someone else brought the target version.',
    whatToDo: 'Nothing.',
  },
  'newer-than-target': {
    title: 'Newer than the target',
    failsRun: false,
    meaning: 'Its agent was newer than the target when the command came: an update of someone else was quicker.',
    whatToDo: 'Choose a newer target version, if it comes again. Reveille never goes back to an older one.',
  },
  'lease-ignored': {
    title: 'Carried a lease that holds nothing',
    failsRun: false,
    meaning: 'It carried a lease tag that holds nothing: copied with an image, or written by someone else.',
    whatToDo: 'Remove the tag reveille:lease.',
  },
  'hibernation-lost': {
    title: 'Stopped instead of hibernated',
    failsRun: true,
    meaning: 'It was hibernated, and EC2 fell back to a plain stop: its memory is lost.',
    whatToDo: 'Tell its owner, and check that it can still hibernate.',
  },
} as const satisfies Record<string, ReportedCode & { failsRun: boolean }>;

/** What an instance or a run waits for: these codes stand in logs, and never in a report. */
export const waits = {
  'in-transition': {
    title: 'Starting or stopping',
    meaning: 'The next listing: the instance is starting or stopping, or its dead run has just ended.',
  },
  stopping: { title: 'Stopping', meaning: 'The end of its stopping.' },
  'waiting-for-capacity': { title: 'Waiting for capacity', meaning: 'The next attempt to start it.' },
  'waiting-to-start': {
    title: 'Waiting for the next try to start it',
    meaning: 'The next attempt to start it, after a refusal.',
  },
  'no-time-to-start': {
    title: 'Had no turn to start yet',
    meaning: 'The next attempt to start it: AWS answered so slowly that it had no turn in this one.',
  },
  booting: { title: 'Booting', meaning: 'The first ping of its agent in this boot.' },
  'start-not-shown': { title: 'Start not shown yet', meaning: 'EC2 to show the start that it has accepted.' },
  'waiting-to-send': { title: 'Waiting for the next try to send', meaning: 'The next attempt to send it the command.' },
  'update-pending': { title: 'Command not taken yet', meaning: 'Its agent to take the command.' },
  updating: { title: 'Updating', meaning: 'The end of its update.' },
  verifying: { title: 'Proving the version', meaning: 'A ping of its agent that is newer than the update.' },
  'start-may-come': {
    title: 'A lost start may still come',
    meaning: 'The death of the Lambda of a failed step, which may still start it.',
  },
  'writer-may-live': {
    title: 'A Lambda may still act on it',
    meaning: 'The death of a Lambda that may still start it, or send it a command.',
  },
  'update-may-run': {
    title: 'An update may be at work',
    meaning: 'The end of an update that may be at work: a stop could break the agent.',
  },
  pending: { title: 'Starting', meaning: 'EC2 to have started it: before that it refuses the stop.' },
  'stop-not-shown': { title: 'Stop not shown yet', meaning: 'EC2 to show the stop that it has accepted.' },
  'other-activity-unknown': {
    title: 'Other activity not known yet',
    meaning: 'SSM to tell whether someone else is at work on it.',
  },
  'lock-ending': { title: 'Lock not released yet', meaning: 'The holder of the lock to release it.' },
} as const satisfies Record<string, { title: string; meaning: string }>;

/** Why a whole run is refused: the execution fails as AlreadyRunning. */
export const refusals = {
  'already-running': {
    title: 'Another run is alive',
    meaning: 'Another run is alive.',
    whatToDo: 'Wait for its end, and start this one again.',
  },
} as const satisfies Record<string, ReportedCode>;

export const reasonCodes = { ...exclusions, ...failures, ...handovers, ...remarks, ...waits, ...refusals };

export type ReasonCode = keyof typeof reasonCodes;
export type ExclusionCode = keyof typeof exclusions;
/** An instance whose lease was taken away has failed if it was not started yet; else it is left to someone else. */
export type FailureCode = keyof typeof failures | 'lease-removed';
