import {
  DescribeInstanceAssociationsStatusCommand,
  paginateDescribeSessions,
  paginateListCommandInvocations,
  paginateListCommands,
  type SSMClient,
} from '@aws-sdk/client-ssm';
import type { Refusal } from '../domain/model/aws-errors.ts';
import type { OtherActivityFacts } from '../domain/model/instance.ts';
import { type Answers, askOfEach, askOfOne, EndlessAnswer } from './sdk/ask-of-one.ts';
import { describeFailure, FailedCall } from './sdk/failures.ts';

/** The most that a page of sessions has (docs/aws-behaviour.md 52). */
const SESSIONS_PAGE = 200;

/** The most that a page of commands, or of invocations, has. */
const COMMANDS_PAGE = 50;

/** 10,000 sessions, or 2,500 invocations of a status: more can't be read in the time that a Lambda has. */
const PAGES_MAX = 50;

/** The most that a page of one instance's associations has (docs/aws-behaviour.md 54); one page is read. */
const ASSOCIATIONS_MAX = 50;

/** A batch of 50 takes seven rounds of one call each: seconds, and few enough to be no burst. */
const CALLS_AT_ONCE = 8;

/** Statuses of invocations that have not ended: queued, or at work. */
const OPEN_STATUSES = ['Pending', 'InProgress'];

type Session = OtherActivityFacts['sessions'][number];

type Invocation = OtherActivityFacts['invocations'][number];

/** What is active, and of which instances that could not be learned: in AWS's words, by ID. */
export interface ReadActivity extends OtherActivityFacts {
  unread: Map<string, Refusal>;
}

/**
 * Sessions, commands and associations that are active on these instances, ours included. One call for the sessions and two
 * for the commands of the whole region, and one for each instance: State Manager has no bulk form. A listing of the region that
 * does not end, or is refused, is replaced by questions about each instance.
 */
export async function readOtherActivity(ssm: SSMClient, instanceIds: string[]): Promise<ReadActivity> {
  const ids = new Set(instanceIds);
  const sessions = await ofRegionOrEach(
    'DescribeSessions',
    instanceIds,
    async () => (await listSessions(ssm)).filter(({ instanceId }) => ids.has(instanceId)),
    (id) => listSessions(ssm, id),
  );
  const invocations = await ofRegionOrEach(
    'ListCommands',
    instanceIds,
    async () => (await listOpenInvocations(ssm)).filter(({ instanceId }) => ids.has(instanceId)),
    (id) => listOpenInvocationsOf(ssm, id),
  );
  const associations = await askOfEach(ASSOCIATIONS_CALL, instanceIds, CALLS_AT_ONCE, (id) =>
    listAssociations(ssm, id),
  );
  return {
    sessions: rowsOf(sessions),
    invocations: rowsOf(invocations),
    associations: rowsOf(associations),
    unread: new Map([...sessions.refusals, ...invocations.refusals, ...associations.refusals]),
  };
}

const ASSOCIATIONS_CALL = 'DescribeInstanceAssociationsStatus';

const rowsOf = <Row>({ replies }: Answers<Row[]>): Row[] => [...replies.values()].flat();

async function ofRegionOrEach<Row>(
  call: string,
  instanceIds: string[],
  ofRegion: () => Promise<Row[]>,
  ofOne: (instanceId: string) => Promise<Row[]>,
): Promise<Answers<Row[]>> {
  const answer = await askOfOne(call, ofRegion);
  if ('reply' in answer) return { replies: new Map([['', answer.reply]]), refusals: new Map() };
  return askOfEach(call, instanceIds, CALLS_AT_ONCE, ofOne);
}

/** @throws EndlessAnswer, or FailedCall: a question may take several calls */
async function readPages<Page, Row>(
  call: string,
  pages: AsyncIterable<Page>,
  toRows: (page: Page) => Row[],
): Promise<Row[]> {
  const rows: Row[] = [];
  let count = 0;
  try {
    for await (const page of pages) {
      if (++count > PAGES_MAX) throw new EndlessAnswer(`more than ${PAGES_MAX} pages`);
      rows.push(...toRows(page));
    }
  } catch (error) {
    throw error instanceof EndlessAnswer ? error : new FailedCall(call, error);
  }
  return rows;
}

/** Active sessions of the region: a filter takes one target only (docs/aws-behaviour.md 37). Or of one instance. */
function listSessions(ssm: SSMClient, instanceId?: string): Promise<Session[]> {
  const Filters = instanceId === undefined ? {} : { Filters: [{ key: 'Target' as const, value: instanceId }] };
  const pages = paginateDescribeSessions({ client: ssm, pageSize: SESSIONS_PAGE }, { State: 'Active', ...Filters });
  return readPages('DescribeSessions', pages, ({ Sessions = [] }) =>
    Sessions.map(({ Target = '', SessionId = '', Owner = 'someone', StartDate, Status }) => ({
      instanceId: Target,
      sessionId: SessionId,
      owner: Owner,
      startedAt: StartDate?.toISOString() ?? null,
      isConnected: Status === 'Connected',
    })),
  );
}

/**
 * Open invocations of the region, in one listing for each status instead of one for each instance. However old they are: SSM
 * gives them another status when they expire (docs/aws-behaviour.md 11).
 */
async function listOpenInvocations(ssm: SSMClient): Promise<Invocation[]> {
  const found: Invocation[] = [];
  for (const value of OPEN_STATUSES) {
    found.push(...(await listInvocations(ssm, { Filters: [{ key: 'Status', value }] })));
  }
  return found;
}

/** The same of one instance: SSM takes no instance together with the status Pending, but with a stage (51). */
async function listOpenInvocationsOf(ssm: SSMClient, InstanceId: string): Promise<Invocation[]> {
  const pages = paginateListCommands(
    { client: ssm, pageSize: COMMANDS_PAGE },
    { InstanceId, Filters: [{ key: 'ExecutionStage', value: 'Executing' }] },
  );
  const ids = await readPages('ListCommands', pages, ({ Commands = [] }) =>
    Commands.flatMap(({ CommandId }) => CommandId ?? []),
  );
  const found: Invocation[] = [];
  for (const CommandId of ids) found.push(...(await listInvocations(ssm, { CommandId, InstanceId })));
  return found;
}

function listInvocations(
  ssm: SSMClient,
  which: { Filters: { key: 'Status'; value: string }[] } | { CommandId: string; InstanceId: string },
): Promise<Invocation[]> {
  const pages = paginateListCommandInvocations({ client: ssm, pageSize: COMMANDS_PAGE }, which);
  return readPages('ListCommandInvocations', pages, ({ CommandInvocations = [] }) =>
    CommandInvocations.filter(({ Status = '' }) => Status === '' || !ENDED.has(Status)).map(
      ({ InstanceId = '', CommandId = '', DocumentName = '', Comment = '', RequestedDateTime }) => ({
        instanceId: InstanceId,
        commandId: CommandId,
        documentName: DocumentName,
        comment: Comment,
        requestedAt: RequestedDateTime?.toISOString() ?? null,
      }),
    ),
  );
}

/** Statuses that an invocation stays in. Any other may still be at work. */
const ENDED = new Set(['Success', 'Failed', 'Cancelled', 'TimedOut']);

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
