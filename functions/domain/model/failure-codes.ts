/** A code that stands in a report: a title of a few words for lists, what it means, and what a person does about it. */
export interface ReportedCode {
  title: string;
  meaning: string;
  whatToDo: string;
}

/** Why an instance has failed, roughly in the order of the steps. */
export const failures = {
  disappeared: {
    title: 'EC2 does not know it any more',
    meaning: 'EC2 does not know the instance any more.',
    whatToDo: 'Take it out of the resource group.',
  },
  'terminated-in-run': {
    title: 'Terminated during the run',
    meaning: 'It was terminated during the run.',
    whatToDo: 'Find out who did it. There is nothing to restore.',
  },
  'no-capacity': {
    title: 'EC2 had no capacity',
    meaning: 'EC2 had no capacity to start it until the start deadline.',
    whatToDo: 'Wait for the next run, or choose a longer StartDeadlineSeconds or another hour.',
  },
  'limit-reached': {
    title: 'A limit of the account was reached',
    meaning: 'The account has no room for it: a limit of vCPUs, instances or Spot Instances is reached.',
    whatToDo: 'Ask AWS for a higher limit, or stop something else.',
  },
  'start-refused': {
    title: 'EC2 refused to start it',
    meaning: 'EC2 refused to start it. The text has its words.',
    whatToDo: 'Repair what the text names: a missing root volume, or a missing permission.',
  },
  'lease-refused': {
    title: 'EC2 refused the lease tag',
    meaning: 'EC2 refused the lease tag, so it was not started.',
    whatToDo: 'Check that it has fewer than 50 tags, and that no policy forbids the tag reveille:lease.',
  },
  'not-started': {
    title: 'Had no turn to start in time',
    meaning: 'AWS answered so slowly that it had no turn until the start deadline, and for half an hour at least.',
    whatToDo: 'Wait for the next run. If it comes again, look for throttling of the EC2 API.',
  },
  'stuck-stopping': {
    title: 'Stopping all the while',
    meaning: 'It was stopping for the whole start deadline.',
    whatToDo: 'Force the stop in EC2.',
  },
  'lock-lost': {
    title: 'The run had lost its lock',
    meaning: 'The run had lost its lock, so it started nothing more, sent nothing more, and only restored.',
    whatToDo: 'Look for the run that holds the lock (lock.json), and wait for the next one.',
  },
  'stopped-in-run': {
    title: 'Stopped during the run',
    meaning: 'Someone else stopped it during the run, or ReconcileLeases did while the run was dead.',
    whatToDo: 'Find out what stops instances at this hour.',
  },
  'restarted-in-run': {
    title: 'Restarted during the run',
    meaning: 'It was restarted during the run, not by the run. Its update is lost.',
    whatToDo: 'Find out who did it. The next run updates it.',
  },
  'launch-error': {
    title: 'Fell back to stopped',
    meaning: 'EC2 accepted the start, and the instance fell back to stopped. The text has the reason.',
    whatToDo: 'Repair the reason. If its volumes are encrypted, name their key in KmsKeyArns.',
  },
  'not-running': {
    title: 'Did not get to running',
    meaning: 'It was not running at the readiness deadline.',
    whatToDo: 'Start it by hand, and look at what EC2 says.',
  },
  'no-instance-profile': {
    title: 'No instance profile',
    meaning: 'Its agent never registered, and it has no instance profile.',
    whatToDo: 'Give it an instance profile with AmazonSSMManagedInstanceCore.',
  },
  'never-registered': {
    title: 'The agent never registered',
    meaning: 'Its agent did not register with SSM until the readiness deadline.',
    whatToDo: 'Check that the agent is installed, that its profile may speak to SSM, and that the network lets it.',
  },
  'agent-not-pinging': {
    title: 'The agent did not ping',
    meaning: 'Its agent is registered, and did not ping in this boot until the readiness deadline.',
    whatToDo: 'Start the instance, and read the log of its agent.',
  },
  'update-undeliverable': {
    title: 'The command could not be delivered',
    meaning: 'SSM did not deliver the command, refused to send it, or answered so slowly that it had no turn.',
    whatToDo: 'Repair what the text names. Check the agent in Fleet Manager.',
  },
  'update-undelivered': {
    title: 'The agent took no command',
    meaning: 'Its agent pings, and took no command.',
    whatToDo: 'Restart its agent, and read its log.',
  },
  'update-hung': {
    title: 'The update never ended',
    meaning: 'The command never ended: its updater has probably died.',
    whatToDo: 'Check the version of its agent. The next run tries again.',
  },
  'update-lost': {
    title: 'How the update ended is not known',
    meaning: 'SSM gave the command up, and the agent did not say how it ended.',
    whatToDo: 'Check the version of its agent. The next run tries again.',
  },
  'another-update': {
    title: 'Another update held the agent',
    meaning: 'Another update held its agent until the hard deadline of 45 minutes.',
    whatToDo: 'Find what else updates the agent: an association of State Manager, perhaps.',
  },
  'target-not-active': {
    title: 'AWS has withdrawn the target version',
    meaning: 'AWS has withdrawn the target version, so the agent skipped it.',
    whatToDo: 'Choose another target version.',
  },
  'unsupported-platform': {
    title: 'The platform is not supported',
    meaning: 'The agent refuses the update on this platform, or the target is not made for it.',
    whatToDo: 'Renew the image, or keep the instance out with the opt-out tag.',
  },
  'no-disk-space': {
    title: 'No disk space for the update',
    meaning: 'It has less than 100 MB of free disk.',
    whatToDo: 'Free some disk.',
  },
  'updater-died': {
    title: 'The updater ended before any change',
    meaning: 'The updater ended before it had changed anything.',
    whatToDo: 'Read the log of the agent. The platform may be one that it does not support.',
  },
  'update-failed': {
    title: 'The update failed',
    meaning: 'The update failed. The text has the line that says why.',
    whatToDo: 'Read the output of the command in Run Command.',
  },
  'update-rolled-back': {
    title: 'The update was rolled back',
    meaning: 'The new agent did not start, and the old one was put back.',
    whatToDo: 'Read the output of the command in Run Command. The next run tries again.',
  },
  'rollback-failed': {
    title: 'The rollback failed, too',
    meaning: 'The update failed, and its rollback failed too: the agent may be dead.',
    whatToDo: 'Start the instance, and install its agent anew.',
  },
  'agent-lost': {
    title: 'The agent did not ping after the update',
    meaning: 'Its agent did not ping after the update.',
    whatToDo: 'Start the instance, read the log of its agent, and install it anew if it is dead.',
  },
  'version-not-confirmed': {
    title: 'The agent reports an older version',
    meaning: 'The command succeeded, and the agent still reports an older version.',
    whatToDo: 'Find what puts the agent back: a refresh of its snap, perhaps. The next run tries again.',
  },
  'step-failed': {
    title: 'A Lambda of its batch failed',
    meaning: 'A Lambda of its batch failed for good while the instance was at work. The text has the error.',
    whatToDo: 'Read the log of that Lambda.',
  },
  'run-limit': {
    title: 'The run reached its limit',
    meaning: 'It was still at work eight hours after the run began, or after 1,500 invocations for its batch.',
    whatToDo: 'Find what held the run up: its log says at each look what instances wait for.',
  },
  'no-result': {
    title: 'Its batch left no result',
    meaning: 'Its batch ended without a settled result for it.',
    whatToDo: 'Read the history of the child execution. ReconcileLeases restores the instance.',
  },
  'not-restored': {
    title: 'Not back as it was',
    meaning: 'It was not back as it was at the restore deadline. It keeps its lease.',
    whatToDo: 'Repair what the last refusal in the text names. ReconcileLeases goes on trying.',
  },
  'lease-kept': {
    title: 'EC2 did not remove the lease tag',
    meaning: 'It is as it was, but EC2 did not remove its lease tag.',
    whatToDo: 'Repair what the text names. ReconcileLeases goes on trying.',
  },
} as const satisfies Record<string, ReportedCode>;
