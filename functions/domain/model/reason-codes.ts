// Every reason code, by what it does to an instance. What people read of each is in functions/domain/words.

/**
 * Why an instance is left out. A benign exclusion is structural or chosen, and leaves a run successful; any other would
 * hide a failure behind "excluded", so it fails the run.
 */
export const exclusions = {
  'auto-scaling': { benign: true },
  'instance-store': { benign: true },
  'managed-by-others': { benign: true },
  'not-found': { benign: true },
  'opted-out': { benign: true },
  'opted-out-in-run': { benign: true },
  'not-an-instance': { benign: true },
  spot: { benign: true },
  'spot-interrupted': { benign: true },
  'stop-protected': { benign: true },
  terminated: { benign: true },
  'still-in-transition': { benign: false },
  'no-root-volume': { benign: false },
  'target-not-available': { benign: false },
  busy: { benign: false },
  'out-of-time': { benign: false },
  'question-refused': { benign: false },
} as const satisfies Record<string, { benign: boolean }>;

/** Why an instance has failed, roughly in the order of the steps. */
export const failures = [
  'disappeared',
  'terminated-in-run',
  'no-capacity',
  'limit-reached',
  'start-refused',
  'lease-refused',
  'way-back-denied',
  'not-started',
  'stuck-stopping',
  'lock-lost',
  'stopped-in-run',
  'restarted-in-run',
  'launch-error',
  'not-running',
  'status-check-failed',
  'no-instance-profile',
  'never-registered',
  'agent-not-pinging',
  'update-undeliverable',
  'update-undelivered',
  'update-hung',
  'update-lost',
  'another-update',
  'target-not-active',
  'unsupported-platform',
  'no-disk-space',
  'updater-died',
  'update-failed',
  'update-rolled-back',
  'rollback-failed',
  'agent-lost',
  'version-not-confirmed',
  'step-failed',
  'run-limit',
  'no-result',
  'not-restored',
  'lease-kept',
] as const;

/**
 * Why an instance is left to someone else: it keeps its outcome, and is not stopped. `failsRun`: whatever its outcome.
 */
export const handovers = {
  'started-by-others': { failsRun: false },
  'boot-in-doubt': { failsRun: false },
  'restarted-by-others': { failsRun: true },
  'session-active': { failsRun: false },
  'command-running': { failsRun: false },
  'association-running': { failsRun: false },
  'left-awake': { failsRun: true },
  'lease-removed': { failsRun: true },
} as const satisfies Record<string, { failsRun: boolean }>;

/** What is worth knowing of an instance whose work went well. `failsRun`: a promise was not kept all the same. */
export const remarks = {
  'updated-by-others': { failsRun: false },
  'newer-than-target': { failsRun: false },
  'boot-assumed': { failsRun: false },
  'lease-ignored': { failsRun: false },
  'hibernation-lost': { failsRun: true },
} as const satisfies Record<string, { failsRun: boolean }>;

/** What an instance or a run waits for: these codes stand in logs, and never in a report. */
export const waits = [
  'in-transition',
  'unknown-id',
  'no-answer',
  'stopping',
  'trying-way-back',
  'waiting-for-capacity',
  'waiting-to-start',
  'no-time-to-start',
  'booting',
  'start-not-shown',
  'waiting-to-send',
  'update-pending',
  'updating',
  'passing-failure',
  'verifying',
  'start-may-come',
  'writer-may-live',
  'update-may-run',
  'pending',
  'stop-not-shown',
  'just-used',
  'other-activity-unknown',
  'lock-ending',
] as const;

/** Why a whole run is refused: the execution fails as AlreadyRunning. */
export const refusals = ['already-running'] as const;

export type ExclusionCode = keyof typeof exclusions;
/**
 * An instance whose lease was taken away has failed if it was not started yet; else it is left to someone else. One without a
 * turn, or of which AWS won't say what has to be known, is excluded, and has failed if something was done to it before.
 */
export type FailureCode = (typeof failures)[number] | 'lease-removed' | 'out-of-time' | 'question-refused';
export type ReasonCode =
  | ExclusionCode
  | FailureCode
  | keyof typeof handovers
  | keyof typeof remarks
  | (typeof waits)[number]
  | (typeof refusals)[number];
