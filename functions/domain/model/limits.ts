/**
 * A bad update with its rollback can take 41-45 minutes, and stopping an instance in the middle can leave its agent
 * broken (docs/aws-behaviour.md 3): before this much time has passed, an update that has not ended may be at work.
 */
export const UPDATE_HARD_DEADLINE_SECONDS = 45 * 60;

/** A command that no agent has picked up by then is lost (docs/aws-behaviour.md 6). */
export const DELIVERY_DEADLINE_SECONDS = 5 * 60;

/** Capacity comes back in minutes, not in seconds (docs/aws-behaviour.md 18). */
export const CAPACITY_RETRY_SECONDS = 2 * 60;

/** Other refusals that pass by themselves: a view that lags behind, throttling. */
export const PASSING_RETRY_SECONDS = 30;

/** How long to leave an agent alone that is busy with somebody else's update, unless it reports the target sooner. */
export const OTHER_UPDATE_BACKOFF_SECONDS = 15 * 60;

/** Health pings come every 5 to 60 minutes (docs/aws-behaviour.md 7): an older one proves nothing of today. */
export const PING_AGE_SECONDS_MAX = 65 * 60;

/** Describes lag behind changes: for this long after a start, the state before it may still be shown. */
export const CONSISTENCY_SECONDS = 60;

/** Longest life of a Lambda that nobody waits for any more, and a margin. */
export const STRAY_LAMBDA_SECONDS = 90;

/** A stop that was accepted and shows no effect for this long is asked for again. */
export const STOP_REPEAT_SECONDS = 5 * 60;

/** SSM refused to send a command to an agent that pings (InvalidInstanceId): its own view lags behind. */
export const UNDELIVERED_RETRY_SECONDS = 60;

/**
 * When the service gives a command up. Later than the hard deadline, so that until then a command's status is the agent's own word:
 * on expiry a running update looks like an undelivered one (docs/aws-behaviour.md 11).
 */
export const COMMAND_TIMEOUT_SECONDS = 60 * 60;

/**
 * How long somebody's session, command or association keeps an instance from being stopped; after that it is theirs.
 * As long as an idle session lives by default (docs/aws-behaviour.md 16).
 */
export const OTHER_ACTIVITY_WAIT_SECONDS = 20 * 60;

/** From the death of every possible writer until a `stopped` can be believed: then no start can be on its way any more. */
export const WRITERS_DEAD_SECONDS = 5 * 60;

/** Instances of one run: what one payload carries (docs/aws-behaviour.md 26), and what this design has been measured with. */
export const INSTANCES_MAX = 500;

/** Resource groups of one run. */
export const GROUPS_MAX = 20;

/** SendCommand takes no more instance IDs than this (docs/aws-behaviour.md 11), so a batch has no more either. */
export const BATCH_SIZE_MAX = 50;
