import {
  DescribeInstanceAssociationsStatusCommand,
  paginateDescribeSessions,
  paginateListCommandInvocations,
  type SSMClient,
} from '@aws-sdk/client-ssm';
import { ReveilleError } from '../domain/model/errors.ts';
import type { OtherActivityFacts } from '../domain/model/instance.ts';
import { mapConcurrently } from './sdk/batching.ts';
import { describeFailure } from './sdk/failures.ts';

/** The most that a page of sessions has (docs/aws-behaviour.md 52). */
const SESSIONS_PAGE = 200;

/** The most that a page of invocations has. */
const INVOCATIONS_PAGE = 50;

/** 10,000 sessions, or 2,500 invocations: more can't be read in the time that a Lambda has. */
const PAGES_MAX = 50;

/** The most that a page of one instance's associations has (docs/aws-behaviour.md 54); one page is read. */
const ASSOCIATIONS_MAX = 50;

/** A batch of 50 takes seven rounds of one call each: seconds, and few enough to be no burst. */
const ASSOCIATION_CALLS_AT_ONCE = 8;

/** Statuses of invocations that have not ended: queued, or at work. */
const OPEN_STATUSES = ['Pending', 'InProgress'];

function assertPages(count: number, what: string): void {
  if (count > PAGES_MAX) throw new ReveilleError('UnexpectedReply', `${what}: more than ${PAGES_MAX} pages`);
}

/** All active sessions of the region at once: a filter takes one target only (docs/aws-behaviour.md 37). */
async function listSessions(ssm: SSMClient, ids: Set<string>): Promise<OtherActivityFacts['sessions']> {
  const found: OtherActivityFacts['sessions'] = [];
  let count = 0;
  for await (const { Sessions = [] } of paginateDescribeSessions(
    { client: ssm, pageSize: SESSIONS_PAGE },
    { State: 'Active' },
  )) {
    assertPages(++count, 'DescribeSessions');
    for (const { Target = '', SessionId = '', Owner = 'someone', StartDate, Status } of Sessions) {
      if (!ids.has(Target)) continue;
      const times = { startedAt: StartDate?.toISOString() ?? null, isConnected: Status === 'Connected' };
      found.push({ instanceId: Target, sessionId: SessionId, owner: Owner, ...times });
    }
  }
  return found;
}

/**
 * Open invocations of the region on these instances, in one listing for each status instead of one for each instance. However
 * old they are: SSM gives them another status when they expire (docs/aws-behaviour.md 11).
 */
async function listOpenInvocations(ssm: SSMClient, ids: Set<string>): Promise<OtherActivityFacts['invocations']> {
  const found: OtherActivityFacts['invocations'] = [];
  for (const status of OPEN_STATUSES) {
    const Filters = [{ key: 'Status' as const, value: status }];
    let count = 0;
    for await (const page of paginateListCommandInvocations({ client: ssm, pageSize: INVOCATIONS_PAGE }, { Filters })) {
      assertPages(++count, 'ListCommandInvocations');
      for (const reply of page.CommandInvocations ?? []) {
        const { InstanceId = '', CommandId = '', DocumentName = '', Comment = '', RequestedDateTime } = reply;
        if (!ids.has(InstanceId)) continue;
        const requestedAt = RequestedDateTime?.toISOString() ?? null;
        const command = { commandId: CommandId, documentName: DocumentName, comment: Comment };
        found.push({ instanceId: InstanceId, ...command, requestedAt });
      }
    }
  }
  return found;
}

async function listAssociations(ssm: SSMClient, InstanceId: string): Promise<OtherActivityFacts['associations']> {
  try {
    const { InstanceAssociationStatusInfos = [] } = await ssm.send(
      new DescribeInstanceAssociationsStatusCommand({ InstanceId, MaxResults: ASSOCIATIONS_MAX }),
    );
    return InstanceAssociationStatusInfos.filter(({ Status }) => Status === 'InProgress').map(
      ({ Name, ExecutionDate }) => ({
        instanceId: InstanceId,
        name: Name ?? 'without a name',
        executedAt: ExecutionDate?.toISOString() ?? null,
      }),
    );
  } catch (error) {
    // Its agent never registered, so SSM can have nothing running on it.
    if (describeFailure(error).code === 'InvalidInstanceId') return [];
    throw error;
  }
}

/**
 * Sessions, commands and associations that are active on these instances, ours included. One call for the sessions and two
 * for the commands of the whole region, and one for each instance: State Manager has no bulk form.
 */
export async function readOtherActivity(ssm: SSMClient, instanceIds: string[]): Promise<OtherActivityFacts> {
  const ids = new Set(instanceIds);
  const sessions = await listSessions(ssm, ids);
  const invocations = await listOpenInvocations(ssm, ids);
  const associations = await mapConcurrently(instanceIds, ASSOCIATION_CALLS_AT_ONCE, (id) => listAssociations(ssm, id));
  return { sessions, invocations, associations: associations.flat() };
}
