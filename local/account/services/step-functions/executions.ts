import { isDeepStrictEqual } from 'node:util';
import * as z from 'zod';
import { randomUuid } from '../../../base/random.ts';
import { PAYLOAD_BYTES_MAX } from '../../../engine/lambda.ts';
import type { ExecutionRecord, ExecutionRegistry, HistoryEvent } from '../../../engine/model.ts';
import { NotRedrivable, whyNotRedrivable } from '../../../engine/redrivable.ts';
import { ServiceError } from '../../wire/service-error.ts';
import { type Operations, operation, paginate } from '../operation.ts';
import { arnOf, invalidToken, maxResults, nextToken, seconds, secondsOrNone } from './wire.ts';

const NAME_LENGTH_MAX = 80;

/** What AWS allows in no name: white space, brackets, wildcards, special and control characters. */
const FORBIDDEN_IN_NAMES = /[\s<>{}[\]?*"#%\\^|~`$&,;:/\u{fffe}\u{ffff}]|\p{Cc}|\p{Surrogate}/u;

/** How long a client token of a redrive is remembered, and how many of an execution. */
const TOKEN_MILLISECONDS = 15 * 60_000;

const TOKENS_MAX = 10;

/** A deployed state machine, as the operations on executions see it. */
export interface StateMachineOfExecutions {
  arn: string;
  executions: ExecutionRegistry;
  /** Starts an execution and returns at once; the text is the input as it was given. */
  start(name: string, input: unknown, text: string): void;
}

const executionArn = z.string().min(1);

const withoutData = ['input', 'inputDetails', 'output', 'outputDetails'];

const WHOLE = { included: true };

function checkName(name: string): string {
  if (name.length >= 1 && name.length <= NAME_LENGTH_MAX && !FORBIDDEN_IN_NAMES.test(name)) return name;
  throw new ServiceError('InvalidName', `Invalid Name: '${name}'`);
}

/** @throws InvalidExecutionInput if it is no JSON or too long */
function parseInput(input: string): unknown {
  const bytes = Buffer.byteLength(input);
  if (bytes > PAYLOAD_BYTES_MAX) {
    const message = `Invalid State Machine Execution Input: ${bytes} bytes, at most ${PAYLOAD_BYTES_MAX} are allowed`;
    throw new ServiceError('InvalidExecutionInput', message);
  }
  try {
    return JSON.parse(input);
  } catch (error) {
    const message = `Invalid State Machine Execution Input: '${(error as Error).message}'`;
    throw new ServiceError('InvalidExecutionInput', message);
  }
}

const summarized = (record: ExecutionRecord) => ({
  executionArn: record.arn,
  stateMachineArn: record.stateMachineArn,
  name: record.name,
  status: record.status,
  startDate: seconds(record.startedAt),
  stopDate: secondsOrNone(record.stoppedAt),
  redriveCount: record.redriveCount,
  redriveDate: secondsOrNone(record.redrivenAt),
});

const listed = (record: ExecutionRecord) => ({
  ...summarized(record),
  ...(record.mapRun === null ? {} : { mapRunArn: record.mapRun.arn, itemCount: 1 }),
});

const described = (record: ExecutionRecord) => ({
  ...summarized(record),
  input: record.input,
  inputDetails: WHOLE,
  ...(record.output === null ? {} : { output: record.output, outputDetails: WHOLE }),
  error: record.error,
  cause: record.cause,
  mapRunArn: record.mapRun?.arn,
  ...redrivable(record),
});

const redrivable = (record: ExecutionRecord) => {
  const why = whyNotRedrivable(record);
  if (why !== null) return { redriveStatus: 'NOT_REDRIVABLE', redriveStatusReason: why };
  return { redriveStatus: record.mapRun === null ? 'REDRIVABLE' : 'REDRIVABLE_BY_MAP_RUN' };
};

/** Redrives; the same client token within a quarter of an hour gets the same answer again. */
function createRedriving() {
  const answers = new Map<string, { token: string; at: number; redrivenAt: number | null }[]>();
  return (record: ExecutionRecord, token: string | undefined, now: number): number | null => {
    const valid = (answers.get(record.arn) ?? []).filter(({ at }) => now - at < TOKEN_MILLISECONDS);
    const answered = valid.find((answer) => answer.token === token);
    if (answered) return answered.redrivenAt;
    if (record.mapRun !== null)
      throw new ServiceError('ExecutionNotRedrivable', 'Execution is a child of a Map Run and is redriven with it');
    try {
      record.redrive();
    } catch (error) {
      if (error instanceof NotRedrivable) throw new ServiceError('ExecutionNotRedrivable', error.message);
      throw error;
    }
    const { redrivenAt } = record;
    const given = token === undefined ? valid : [...valid, { token, at: now, redrivenAt }];
    answers.set(record.arn, given.slice(-TOKENS_MAX));
    return redrivenAt;
  };
}

function toldEvent({ timestamp, details, ...event }: HistoryEvent, isWithData: boolean): Record<string, unknown> {
  const told = { timestamp: seconds(timestamp), ...event };
  if (details === null) return told;
  const content = Object.entries(details.content).filter(([name]) => isWithData || !withoutData.includes(name));
  return { ...told, [details.name]: Object.fromEntries(content) };
}

/** Step Functions: starting, stopping and looking at executions. */
export function executionOperations({ arn: machineArn, executions, start }: StateMachineOfExecutions): Operations {
  const there = (record: ExecutionRecord | undefined, arn: string): ExecutionRecord => {
    if (record) return record;
    throw new ServiceError('ExecutionDoesNotExist', `Execution Does Not Exist: '${arn}'`);
  };
  const find = (arn: string) => there(executions.find(arnOf('execution', arn)), arn);
  const redrive = createRedriving();
  const checkMachine = (arn: string) => {
    if (arnOf('stateMachine', arn) === machineArn) return;
    throw new ServiceError('StateMachineDoesNotExist', `State Machine Does Not Exist: '${arn}'`);
  };
  const started = ({ arn, startedAt }: ExecutionRecord) => ({ executionArn: arn, startDate: seconds(startedAt) });
  const childrenOf = (mapRunArn: string): ExecutionRecord[] => {
    const mapRun = executions.findMapRun(arnOf('mapRun', mapRunArn));
    if (mapRun) return [...mapRun.children].reverse();
    throw new ServiceError('ResourceNotFound', `Resource not found: '${mapRunArn}'`);
  };

  return {
    StartExecution: operation(
      z.strictObject({
        stateMachineArn: z.string().min(1),
        name: z.string().optional(),
        input: z.string().default('{}'),
        traceHeader: z.string().max(256).optional(),
      }),
      ({ stateMachineArn, name, input }, { world }) => {
        checkMachine(stateMachineArn);
        const wanted = name === undefined ? randomUuid(world.random) : checkName(name);
        const content = parseInput(input);
        const arn = `${machineArn.replace(':stateMachine:', ':execution:')}:${wanted}`;
        const known = executions.find(arn);
        if (known === undefined) start(wanted, content, input);
        else if (known.status !== 'RUNNING' || !isDeepStrictEqual(JSON.parse(known.input), content)) {
          throw new ServiceError('ExecutionAlreadyExists', `Execution Already Exists: '${arn}'`);
        }
        return started(find(arn));
      },
    ),
    DescribeExecution: operation(
      z.strictObject({ executionArn, includedData: z.literal('ALL_DATA').optional() }),
      ({ executionArn: arn }) => described(there(executions.findTold(arnOf('execution', arn)), arn)),
    ),
    StopExecution: operation(
      z.strictObject({
        executionArn,
        error: z.string().max(256).optional(),
        cause: z.string().max(32_768).optional(),
      }),
      async ({ executionArn: arn, error, cause }) => {
        const record = find(arn);
        if (record.status === 'RUNNING') await record.stop(error, cause);
        return { stopDate: secondsOrNone(record.stoppedAt) };
      },
    ),
    RedriveExecution: operation(
      z.strictObject({
        executionArn,
        clientToken: z
          .string()
          .max(64)
          .regex(/^[!-~]+$/)
          .optional(),
      }),
      ({ executionArn: arn, clientToken }, { now }) => ({
        redriveDate: secondsOrNone(redrive(find(arn), clientToken, now)),
      }),
    ),
    ListExecutions: operation(
      z.strictObject({
        stateMachineArn: z.string().min(1).optional(),
        mapRunArn: z.string().min(1).optional(),
        statusFilter: z.enum(['RUNNING', 'SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED', 'PENDING_REDRIVE']).optional(),
        maxResults,
        nextToken,
      }),
      ({ stateMachineArn, mapRunArn, statusFilter, maxResults: size, nextToken: token }, call) => {
        if ((stateMachineArn === undefined) === (mapRunArn === undefined)) {
          throw new ServiceError('ValidationException', 'Must specify one of stateMachineArn and mapRunArn, not both');
        }
        if (stateMachineArn !== undefined) checkMachine(stateMachineArn);
        const all = mapRunArn === undefined ? executions.list() : childrenOf(mapRunArn);
        const wanted = all.filter(({ status }) => statusFilter === undefined || status === statusFilter);
        const { page, nextToken: next } = paginate(call, wanted, { size, token, invalidToken });
        return { executions: page.map(listed), nextToken: next };
      },
    ),
    ...(executions.hasHistories ? historyOperations(find) : {}),
  };
}

/** Only where histories are kept. */
const historyOperations = (find: (arn: string) => ExecutionRecord): Operations => ({
  GetExecutionHistory: operation(
    z.strictObject({
      executionArn,
      maxResults,
      nextToken,
      reverseOrder: z.boolean().default(false),
      includeExecutionData: z.boolean().default(true),
    }),
    ({ executionArn: arn, maxResults: size, nextToken: token, reverseOrder, includeExecutionData }, call) => {
      const { events } = find(arn);
      const ordered = reverseOrder ? [...events].reverse() : events;
      const { page, nextToken: next } = paginate(call, ordered, { size, token, invalidToken });
      return { events: page.map((event) => toldEvent(event, includeExecutionData)), nextToken: next };
    },
  ),
});
