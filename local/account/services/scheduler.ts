import * as z from 'zod';
import { type Protocol, type Route, restJsonProtocol } from '../wire/protocols.ts';
import { ServiceError } from '../wire/service-error.ts';
import { type Operations, operation, paginate } from './operation.ts';

const routes: Route[] = [
  { method: 'GET', path: '/schedules', operation: 'ListSchedules' },
  { method: 'GET', path: '/schedules/{Name}', operation: 'GetSchedule' },
];

/** EventBridge Scheduler. */
export const schedulerProtocol: Protocol = {
  ...restJsonProtocol(routes),
  badParameters: (error) => new ServiceError('ValidationException', z.prettifyError(error)),
};

/** A schedule as it is deployed, in EventBridge Scheduler's own words. */
export interface DeployedSchedule {
  Name: string;
  State: 'ENABLED' | 'DISABLED';
  Description?: string | undefined;
  ScheduleExpression: string;
  ScheduleExpressionTimezone: string;
  FlexibleTimeWindow: unknown;
  Target: { Arn: string; RoleArn: string; Input: string; RetryPolicy?: unknown; DeadLetterConfig?: unknown };
  /** Milliseconds since the epoch. */
  createdAt: number;
}

const GROUP = 'default';

const name = z.string().regex(/^[0-9a-zA-Z-_.]{1,64}$/);

/** EventBridge Scheduler with these schedules in its default group. Reading only. */
export function scheduler(schedules: DeployedSchedule[], region: string): Operations {
  const told = ({ createdAt, ...schedule }: DeployedSchedule, account: string) => ({
    Arn: `arn:aws:scheduler:${region}:${account}:schedule/${GROUP}/${schedule.Name}`,
    GroupName: GROUP,
    ...schedule,
    CreationDate: createdAt / 1000,
    LastModificationDate: createdAt / 1000,
    ActionAfterCompletion: 'NONE',
  });
  return {
    GetSchedule: operation(z.strictObject({ Name: name, groupName: name.default(GROUP) }), (wanted, { account }) => {
      const found = schedules.find(({ Name }) => Name === wanted.Name);
      if (found !== undefined && wanted.groupName === GROUP) return told(found, account);
      throw new ServiceError('ResourceNotFoundException', `Schedule ${wanted.Name} does not exist.`, 404);
    }),
    ListSchedules: operation(
      z.strictObject({
        ScheduleGroup: name.optional(),
        NamePrefix: name.optional(),
        State: z.enum(['ENABLED', 'DISABLED']).optional(),
        MaxResults: z.coerce.number().int().min(1).max(100).default(100),
        NextToken: z.string().min(1).optional(),
      }),
      ({ ScheduleGroup = GROUP, NamePrefix = '', State, MaxResults, NextToken }, call) => {
        const wanted = schedules.filter(
          (one) =>
            ScheduleGroup === GROUP && one.Name.startsWith(NamePrefix) && (State === undefined || one.State === State),
        );
        const badToken = () => new ServiceError('ValidationException', 'Invalid NextToken.');
        const { page, nextToken } = paginate(call, wanted, {
          size: MaxResults,
          token: NextToken,
          invalidToken: badToken,
        });
        const summaries = page
          .map((one) => told(one, call.account))
          .map(({ Arn, GroupName, Name, State: state, CreationDate, LastModificationDate, Target }) => ({
            Arn,
            GroupName,
            Name,
            State: state,
            CreationDate,
            LastModificationDate,
            Target: { Arn: Target.Arn },
          }));
        return { Schedules: summaries, NextToken: nextToken };
      },
    ),
  };
}
