import * as z from 'zod';
import { ServiceError } from '../../wire/service-error.ts';
import type { WorldAssociation, WorldSession } from '../../world/model.ts';
import { type Call, type Operations, operation, paginate } from '../operation.ts';
import { bySsm } from './ssm-clock.ts';

const invalidToken = () => new ServiceError('InvalidNextToken', 'The specified token is not valid.');

function describeSession(session: WorldSession, { account, world }: Call) {
  const { id, instanceId, owner, startedAt, endedAt, openStatus } = session;
  return {
    SessionId: id,
    Target: instanceId,
    Status: endedAt === null ? openStatus : 'Terminated',
    StartDate: bySsm(world, startedAt) / 1000,
    EndDate: endedAt === null ? undefined : bySsm(world, endedAt) / 1000,
    DocumentName: 'SSM-SessionManagerRunShell',
    Owner: `arn:aws:iam::${account}:user/${owner}`,
    AccessType: 'Standard',
  };
}

const SESSION_STATUSES = ['Connected', 'Connecting', 'Disconnected', 'Terminated', 'Terminating', 'Failed'];

const time = z.iso.datetime({ error: 'expected a time such as 2024-08-29T00:00:00Z' });

type Described = ReturnType<typeof describeSession>;

/** Which values a filter takes, and which sessions pass it (docs/aws-behaviour.md 52). */
const FILTERS: Record<string, { value: z.ZodType<string>; passes(session: Described, value: string): boolean }> = {
  InvokedAfter: { value: time, passes: ({ StartDate }, value) => StartDate * 1000 >= Date.parse(value) },
  InvokedBefore: { value: time, passes: ({ StartDate }, value) => StartDate * 1000 < Date.parse(value) },
  Target: { value: z.string(), passes: ({ Target }, value) => Target === value },
  Owner: { value: z.string(), passes: ({ Owner }, value) => Owner === value },
  Status: { value: z.enum(SESSION_STATUSES), passes: ({ Status }, value) => Status === value },
  SessionId: { value: z.string(), passes: ({ SessionId }, value) => SessionId === value },
  AccessType: { value: z.enum(['Standard', 'JustInTime']), passes: ({ AccessType }, value) => AccessType === value },
};

/** The test of one filter. @throws for what SSM does not take */
function testOf({ key, value }: { key: string; value: string }): (session: Described) => boolean {
  const filter = Object.hasOwn(FILTERS, key) ? FILTERS[key] : undefined;
  if (filter === undefined) throw new ServiceError('InvalidFilterKey', '');
  const parsed = filter.value.safeParse(value);
  if (!parsed.success) throw new ServiceError('ValidationException', `${key}: ${z.prettifyError(parsed.error)}`);
  return (session) => filter.passes(session, value);
}

/** docs/aws-behaviour.md 54 */
const describeAssociation = ({ id, instanceId, executedAt, status }: WorldAssociation, { world }: Call) => ({
  AssociationId: id,
  Name: 'AWS-GatherSoftwareInventory',
  AssociationName: 'inventory',
  DocumentVersion: '1',
  AssociationVersion: '1',
  InstanceId: instanceId,
  ExecutionDate: bySsm(world, executedAt) / 1000,
  Status: status,
  DetailedStatus: status,
  ExecutionSummary: `1 out of 1 plugin processed, ${status === 'Success' ? 1 : 0} success`,
});

/** What others do on an instance, as SSM shows it. */
export const neighbours: Operations = {
  DescribeSessions: operation(
    z.strictObject({
      State: z.enum(['Active', 'History']),
      Filters: z
        .array(z.strictObject({ key: z.string(), value: z.string().min(1).max(400) }))
        .min(1)
        .max(6)
        .optional(),
      MaxResults: z.int().min(1).max(200).optional(),
      NextToken: z.string().optional(),
    }),
    ({ State, Filters = [], MaxResults = 200, NextToken }, call) => {
      const tests = Filters.map(testOf);
      const sessions = call.world.sessions
        .filter(({ endedAt }) => (endedAt === null) === (State === 'Active'))
        .map((session) => describeSession(session, call))
        .filter((session) => tests.every((test) => test(session)));
      const { page, nextToken } = paginate(call, sessions, { size: MaxResults, token: NextToken, invalidToken });
      return { Sessions: page, NextToken: nextToken };
    },
  ),

  DescribeInstanceAssociationsStatus: operation(
    z.strictObject({
      InstanceId: z.string(),
      MaxResults: z.int().min(1).max(50).optional(),
      NextToken: z.string().optional(),
    }),
    ({ InstanceId, MaxResults = 50, NextToken }, call) => {
      const { world } = call;
      const machine = world.machines.get(InstanceId);
      if (machine === undefined || machine.agent.lastReport === null) {
        throw new ServiceError('InvalidInstanceId', `Instance ${InstanceId} is not registered`);
      }
      const found = world.associations
        .filter(({ instanceId }) => instanceId === InstanceId)
        .map((association) => describeAssociation(association, call));
      const { page, nextToken } = paginate(call, found, { size: MaxResults, token: NextToken, invalidToken });
      return { InstanceAssociationStatusInfos: page, NextToken: nextToken };
    },
  ),
};
