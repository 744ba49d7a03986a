/** Why a role has a statement of this Sid. */
export interface Purpose {
  what: string;
  /** Its condition in words, if it has one. */
  onlyIf?: string;
  /** AWS asks for it on our behalf, so no function ever calls it. */
  byAws?: true;
}

/** Of each Sid in template.yaml. Statements of one Sid are for the same in each role. */
export const PURPOSES: Record<string, Purpose> = {
  CloseOpenRuns: { what: 'notes that a run has its report now' },
  CloseRun: { what: 'remembers the last run with a report, and which occurrence of the schedule is done' },
  DeliverLogs: { what: 'the log of failed executions; log delivery knows no resources', byAws: true },
  DescribeAgents: { what: "the agent's own word on its version, and whether its instance still runs" },
  DescribeInstances: { what: 'how instances and their agents stand, and whose they are' },
  DescribeStatusChecks: { what: 'which layer of an instance is dead whose agent was never heard' },
  DescribeStopProtection: { what: 'an instance that could not be stopped again is never started' },
  EncryptMessages: {
    what: "SNS uses the key of an existing topic in the publisher's name; there if `NotificationTopicArn` is given",
    onlyIf: "it is for that topic's messages",
    byAws: true,
  },
  FindOpenRuns: { what: 'finds the runs that have begun and have no report' },
  FollowBatches: { what: 'Step Functions looks after the children of a run, and stops them with it', byAws: true },
  FollowCommands: { what: 'how our commands ended, and which commands run on an instance' },
  HoldForOthers: {
    what: 'since when an instance that others have used is quiet; it goes with the instance from run to run',
  },
  HoldTheLock: { what: 'one run at a time; written and removed on condition only, and removing reads as well' },
  InvokeSteps: { what: 'the seven functions of the workflow' },
  KnowFinishedOccurrences: { what: 'an occurrence of the schedule that is delivered twice is done once' },
  KnowTheLastRun: { what: 'counts the days since the last run with a report, for an alarm' },
  KnowTheLiving: { what: 'whether the run that holds a lock or a lease is still alive' },
  KnowTheLock: { what: 'a run that has lost the lock starts nothing and sends nothing' },
  LeaseInstances: {
    what: 'writes the lease, before a start',
    onlyIf: 'the call names the tag `reveille:lease` and no other',
  },
  LetEc2DecryptVolumes: {
    what: 'EC2 takes a grant on the keys of encrypted volumes in the name of the caller; there if `KmsKeyArns` names keys',
    onlyIf: 'EC2 asks for it, to decrypt a volume',
    byAws: true,
  },
  ListGroups: { what: "the groups' instances; an execution's input may name other groups than the deployed ones" },
  ListGroupsByStack: { what: 'Resource Groups asks for the members of a group that is made of a stack', byAws: true },
  ListGroupsByTag: { what: 'Resource Groups asks for the members of a group that is made of a tag query' },
  ProveBoots: { what: 'which boot of an instance is ours; written on condition only, once' },
  ReadBoots: { what: 'which boot another copy of the function has found to be ours' },
  ReadLatestAgentVersion: { what: "the newest version of this region, and its files, from AWS's own bucket" },
  ReadManifestAndResults: { what: 'joins what was meant with what became of it' },
  ReadOtherActivity: { what: 'whether someone else is at work on an instance that is about to be stopped' },
  ReadRecords: { what: 'which instances were started, how they were before, and which boots are ours' },
  ReadReports: { what: 'a report that is there already is not made again, and one that was told is not told again' },
  ReleaseInstances: {
    what: 'removes the lease of what is back as it was',
    onlyIf: 'the call names the tag `reveille:lease` and no other',
  },
  ReleaseTheLock: { what: 'frees the lock for the next run; removing on condition reads as well' },
  SeeThatAKeyIsMissing: { what: 'without it S3 answers 403 to a key that does not exist, and not 404' },
  SendTheDocument: { what: 'this one document, and no other' },
  SendToInstances: { what: 'a command needs its instances allowed besides its document' },
  StartBatches: { what: 'the children of a run are executions of the same state machine' },
  StartLeasedInstances: { what: 'wakes', onlyIf: 'the instance carries the tag `reveille:lease`' },
  StartWithLicences: { what: 'EC2 asks License Manager when an instance has a licence of it', byAws: true },
  StopLeasedInstances: { what: 'puts to sleep again', onlyIf: 'the instance carries the tag `reveille:lease`' },
  TellOfTheEnd: {
    what: 'the event that a run is over, for other programs',
    onlyIf: 'the source is `reveille`, and the type `Reveille Run Finished`',
  },
  TellOfTheStart: {
    what: 'the event that a run is about to wake instances, for other programs',
    onlyIf: 'the source is `reveille`, and the type `Reveille Run Started`',
  },
  TellPeople: { what: 'the message' },
  WriteManifestAndPlan: { what: 'writes down what is meant before anything is touched, and that the run has begun' },
  WriteRecords: { what: 'writes down what is about to be started, and what EC2 answered' },
  WriteReport: { what: 'the report, its page, and that it was told' },
  WriteResults: { what: 'what became of the instances of a batch' },
  WriteWhatWasDone: {
    what: 'what this pass did, and which refusals were told; read again for the report of a dead run',
  },
};
