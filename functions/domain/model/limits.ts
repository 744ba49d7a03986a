// The limits of the rules, each with the arithmetic that it comes from; limits.test.ts does that arithmetic. A limit that only
// one call to AWS has stands beside that call, and what a deployment chooses stands in template.yaml.

// ---- Updates

/**
 * Before this much time has passed, an update that has not ended may be at work, and stopping its instance can leave the
 * agent broken (docs/aws-behaviour.md 3). The agent's own limits: 10 min for cloud-init, then 4 x 150 s to install and
 * 36 x 5 s to verify, and the same again to roll back, make 36 min. With downloads and removals it takes 41-45 min.
 */
export const UPDATE_HARD_DEADLINE_SECONDS = 45 * 60;

/**
 * A command that no agent has picked up by then is lost (docs/aws-behaviour.md 6). As long as the agent's usual ping interval
 * (7): an agent that lives has pinged since, so it is known whether it is there.
 */
export const DELIVERY_DEADLINE_SECONDS = 5 * 60;

/**
 * When the service gives a command up that no agent has taken; one that has begun has the time-out of its step as well
 * (docs/aws-behaviour.md 11). Later than the hard deadline, so that until then a command's status is the agent's own word: on
 * expiry a running update looks like an undelivered one. 15 min later, which is more than any lag between the two clocks; and as
 * long as the longest UpdateDeadlineSeconds.
 */
export const COMMAND_TIMEOUT_SECONDS = 60 * 60;

/**
 * How long to leave an agent alone that is busy with another update, unless it reports the target sooner. A third of the hard
 * deadline: an update that goes well takes a few minutes, and the second command still comes within the hard deadline.
 */
export const OTHER_UPDATE_BACKOFF_SECONDS = 15 * 60;

/**
 * How long to wait before the one more command after an update that failed for a cause that passes: what is late at a boot is
 * there after some minutes. A guess. No longer than the longest wait of a batch, so it costs a look or two.
 */
export const PASSING_FAILURE_BACKOFF_SECONDS = 2 * 60;

/** SSM refused to send a command to an agent that pings (InvalidInstanceId): its view lags behind, by no known time. A guess. */
export const UNDELIVERED_RETRY_SECONDS = 60;

/** An agent that has no credentials at boot, or may not use them, tries again after 25-30 min (docs/aws-behaviour.md 7). */
export const AGENT_RETRY_SECONDS_MAX = 30 * 60;

/** Health pings come every 5 to 60 min (docs/aws-behaviour.md 7), and 5 min more are allowed: an older one proves nothing. */
export const PING_AGE_SECONDS_MAX = 65 * 60;

// ---- Tries

/**
 * For so long at least an instance is tried again that had no turn: no time was left to ask for it, or AWS throttled. That says
 * nothing of the instance, so no shorter deadline of a deployment ends it. As long as StartDeadlineSeconds is by default, and
 * longer than the 17 min that an outage may take of a step's own retries.
 */
export const NO_TURN_SECONDS_MIN = 30 * 60;

// ---- Starts

/** Capacity comes back in minutes, not in seconds (docs/aws-behaviour.md 18). No longer than the longest wait of a batch. */
export const CAPACITY_RETRY_SECONDS = 2 * 60;

/** Other refusals that pass by themselves: a view that lags behind, throttling. Two of the shortest waits of a batch. */
export const PASSING_RETRY_SECONDS = 30;

/**
 * Describes lag behind changes by no known time (docs/aws-behaviour.md 45): for so long after a start, the state before it may
 * still be shown. An assumption; a longer lag makes a start look failed, and its instance is stopped again.
 */
export const CONSISTENCY_SECONDS = 60;

/**
 * EC2's and SSM's clocks are others than ours, and LaunchTime has whole seconds (docs/aws-behaviour.md 44). An assumption. As a
 * limit for the LaunchTime of a start that EC2 has accepted it rests on more: no one can stop and start an instance in 5 s.
 */
export const CLOCK_MARGIN_SECONDS = 5;

/**
 * SSM's clock is another one than EC2's (docs/aws-behaviour.md 44): what it dates so much before a boot may be of that boot. By how
 * much they differ AWS does not say; minutes too many keep an instance awake that was used just before, minutes too few stop it under
 * someone.
 */
export const SSM_CLOCK_MARGIN_SECONDS = 5 * 60;

/**
 * An instance is woken only while so much is left for its boot before nothing is sent any more. Most agents ping within three
 * minutes of the start, those of Windows within eight.
 */
export const BOOT_SECONDS_MIN = 10 * 60;

/** So late after EC2's reply a LaunchTime can still be ours, if looks have shown the start in between (ownership/boot.ts). */
export const LATE_BOOT_SECONDS = 60;

/** For so long after EC2's reply a start whose LaunchTime is not shown is looked for. Five times the longest that is believed. */
export const BOOT_PROOF_SECONDS = 5 * 60;

// ---- Restoring

/**
 * So long after its end a run still follows a stop that was accepted before: then the instance is given up, and ReconcileLeases
 * follows it. With the last looks and the report the run is over an hour after its end at the latest.
 */
export const FOLLOW_STOP_SECONDS = 45 * 60;

/**
 * A run is over so long after its `stopUntil` at the latest: what is still at work then has failed after FOLLOW_STOP_SECONDS, and
 * the rest is for its last looks and its report.
 */
export const RUN_FOLLOWS_SECONDS = 60 * 60;

/**
 * How long a stop that EC2 has accepted is followed at least, by the beginning of EC2's PlatformDetails: an operating system that
 * installs updates on its way down takes its time. Windows lets its installer hold a shutdown for an hour (docs/aws-behaviour.md
 * 127).
 */
export const STOP_SECONDS_BY_PLATFORM: Record<string, number> = { Windows: 60 * 60 };

/**
 * A stop that was accepted and shows no effect for this long is asked for again. As long as the shortest
 * RestoreDeadlineSeconds: a stop is given up only after it had this much time to show.
 */
export const STOP_REPEAT_SECONDS = 5 * 60;

/**
 * How long a run waits for someone else's session, command or association; then it ends, and ReconcileLeases waits. As long as an
 * idle Session Manager session lives by default. It comes before RestoreDeadlineSeconds, however short that is.
 */
export const OTHER_ACTIVITY_WAIT_SECONDS = 20 * 60;

/**
 * For so long nothing must be seen on an instance that others have kept awake after its run, before ReconcileLeases puts it back:
 * longer than its schedule of 15 min, so that at least two passes have looked.
 */
export const QUIET_SECONDS = 20 * 60;

// ---- Writers that may still live

/**
 * Longest life of a Lambda that nothing waits for any more: a function's time-out of 60 s (template.yaml), and half as much
 * again for its start and for clocks. Lambda asks ReconcileLeases again after one minute and two more, so its third try,
 * after 180 s, comes late enough.
 */
export const STRAY_LAMBDA_SECONDS = 90;

/**
 * From the death of every possible writer until `stopped` can be believed: then no start can be on its way any more. Much
 * longer than the 23 s that a start takes at most (ownership/attempt.ts) and than describes are taken to lag behind.
 */
export const WRITERS_DEAD_SECONDS = 5 * 60;

/** An instance that EC2 does not answer for is waited for so long before a run begins without it, as one in transition is by default. */
export const SILENT_SECONDS = 5 * 60;

/** In so many listings more than the deployment allows, where others fall silent meanwhile. */
export const SILENT_LISTINGS_MAX = 10;

/** An execution that nothing is known of is dead then: twice as long as the state machine's own time-out of 12 h. */
export const UNKNOWN_IS_DEAD_AFTER_SECONDS = 24 * 60 * 60;

// ---- Runs

/**
 * Lambda invocations that one batch may have: the last limit, should every deadline fail to end it. One invocation is at most
 * 11 events in the child's history (a wait, two choices, a task), so this makes 16,500 of 25,000 (docs/aws-behaviour.md 26);
 * the rest is for retries, at three events each.
 */
export const INVOCATIONS_MAX = 1500;

/** Instances of one run: what one payload carries, as BATCH_SIZE_MAX says, and what this design has been measured with. */
export const INSTANCES_MAX = 500;

/** A group can name instances for hours that are gone: so many are looked at, gone or not. */
export const MEMBERS_MAX = 5 * INSTANCES_MAX;

/** How many instances the input of a run can name. */
export const INSTANCES_CHOSEN_MAX = 50;

/** Resource groups of one run: each is a few calls of ListInstances, one after the other. */
export const GROUPS_MAX = 20;

/**
 * SendCommand takes no more instance IDs than this (docs/aws-behaviour.md 11). In batches of 50, the 500 instances of the largest
 * run are 105 kB of a Map's input, and one batch is at most 161 kB with the longest ASCII texts and 212 kB with those of more
 * bytes a letter, of 262,144 bytes each (26).
 */
export const BATCH_SIZE_MAX = 50;

// ---- Lengths, in characters

/** Of an execution's name, which is the run's ID, and of a state machine's name (docs/aws-behaviour.md 28). */
export const NAME_LENGTH_MAX = 80;

/** Of a child execution's name. Step Functions takes a UUID, of 36; a lease has room for some more. */
export const CHILD_NAME_LENGTH_MAX = 46;

/** Of a tag's value, as EC2 takes it. A lease is at most 80 + 80 + 46 + 36 (the ID of a request), and three slashes: 245. */
export const TAG_VALUE_LENGTH_MAX = 256;

/**
 * Of a command's comment (docs/aws-behaviour.md 32): `reveille RUN bINDEX aSEND` is 93 characters without the two numbers when
 * the run's name has 80, so the numbers may have seven digits: three for 500 batches, four for 1,500 sends.
 */
export const COMMENT_LENGTH_MAX = 100;

/** Of a reason, or another text that is not ours. An instance has up to four of them, and a batch up to 50 instances. */
export const PLAIN_TEXT_LENGTH_MAX = 260;

/** The same in bytes: two for each letter. With the four that a letter can have, a batch would not fit into a payload. */
export const PLAIN_TEXT_BYTES_MAX = 2 * PLAIN_TEXT_LENGTH_MAX;

/** Of what does not fit a schema: enough for the first dozen of misfits. It ends a run, so one payload has one of them. */
export const VALIDATION_MESSAGE_LENGTH_MAX = 1000;
