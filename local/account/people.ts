import { createRandom, type Random, randomUuid } from '../base/random.ts';
import { changing } from './services/ec2/change.ts';
import type { Call, Operation, Reach } from './services/operation.ts';
import { isListed } from './services/ssm/agents.ts';
import { ServiceError } from './wire/service-error.ts';
import { beginAssociation, beginSession } from './world/activity.ts';
import { cancel, send, UPDATE_DOCUMENT } from './world/commands.ts';
import type { Journal } from './world/journal.ts';
import type { Machine } from './world/machine.ts';
import type { CommandRequest, World } from './world/model.ts';

/** The principal of whatever people do. */
export const PERSON = 'person';

/**
 * People and other programs of the account, who know nothing of Reveille. Each act happens at its moment (milliseconds
 * since the epoch; now, if none is given or it has passed) and stands in the journal as the call that it is, of the
 * principal `person`, refused or not. They are neither throttled nor disturbed.
 */
export interface People {
  start(instanceId: string, at?: number): void;
  stop(instanceId: string, options?: { hibernate?: boolean }, at?: number): void;
  terminate(instanceId: string, at?: number): void;
  setTag(instanceId: string, key: string, value: string, at?: number): void;
  removeTag(instanceId: string, key: string, at?: number): void;
  /** A session of Session Manager, for so long or until the instance goes down. */
  openSession(instanceId: string, seconds: number, at?: number): void;
  /** AWS-RunShellScript: InProgress for so long, then Success. */
  runCommand(instanceId: string, seconds: number, at?: number): void;
  /** AWS-UpdateSSMAgent, to the region's latest version: at work for so long. */
  runUpdate(instanceId: string, seconds: number, at?: number): void;
  /** Cancels what a command, of anyone, has not ended on an instance. */
  cancelCommand(commandId: string, instanceId: string, at?: number): void;
  /** Has State Manager run an association once, for so long: no command shows it. */
  runAssociation(instanceId: string, seconds: number, at?: number): void;
  /** The resource group does not name it any more. */
  leaveGroup(group: string, instanceId: string, at?: number): void;
}

const SCRIPT_DOCUMENT = 'AWS-RunShellScript';

interface Surroundings {
  world: World;
  journal: Journal;
  account: string;
  seed: number;
  now(): number;
}

const isReachable = (machine: Machine | undefined): machine is Machine =>
  machine !== undefined && isListed(machine) && machine.agent.running !== null;

/** @throws with this name if no agent is there to answer */
function reach({ machines }: World, instanceId: string, name: string): Machine {
  const machine = machines.get(instanceId);
  if (isReachable(machine)) return machine;
  throw new ServiceError(name, `${instanceId} is not connected.`);
}

/** A person gives a script the time that it takes: once a command has expired, nothing shows that it is still at work (11). */
const script = (instanceId: string, seconds: number): CommandRequest => ({
  ...update(instanceId, seconds),
  // People give a word on what takes long.
  comment: seconds > 5000 ? 'nightly backup' : '',
  timeoutSeconds: SCRIPT_TIMEOUT_SECONDS + seconds,
  documentName: SCRIPT_DOCUMENT,
  parameters: { commands: [`sleep ${seconds}`] },
});

/** For its way to the agent. */
const SCRIPT_TIMEOUT_SECONDS = 3600;

const update = (instanceId: string, seconds: number): CommandRequest => ({
  documentName: UPDATE_DOCUMENT,
  comment: '',
  parameters: {},
  timeoutSeconds: 3600,
  instanceIds: [instanceId],
  targeting: null,
  maxConcurrency: '50',
  maxErrors: '0',
  runsSeconds: seconds,
});

const ANYTHING: Reach = { group: () => true, instance: () => true };

/** Session IDs are the person's name and some characters of chance. */
const sessionId = (random: Random): string => `${PERSON}-0${randomUuid(random).replaceAll('-', '').slice(0, 16)}`;

export function createPeople({ world, journal, account, seed, now }: Surroundings): People {
  const random = createRandom(seed, 'people');

  /** Does a thing at its moment, and notes it as a call. */
  const call = (
    at: number | undefined,
    [service, operation]: [string, string],
    parameters: unknown,
    act: (at: number) => void,
  ) => {
    world.at(Math.max(at ?? 0, now()), (moment) => {
      const said = { kind: 'call', at: moment, principal: PERSON, service, operation, parameters } as const;
      try {
        act(moment);
        journal.write({ ...said, error: null });
      } catch (error) {
        if (!(error instanceof ServiceError)) throw error;
        journal.write({ ...said, error: error.code });
      }
    });
    world.runUntil(now());
  };

  const ec2 = (at: number | undefined, name: keyof typeof changing, parameters: unknown) =>
    call(at, ['ec2', name], parameters, (moment) => {
      const operation = changing[name] as Operation;
      const context: Call = {
        world,
        now: moment,
        account,
        principal: PERSON,
        pageSizeMax: Number.POSITIVE_INFINITY,
        openCommandsOfOthers: 0,
        reach: ANYTHING,
      };
      operation.act(operation.parse(parameters).data, context);
    });

  return {
    start: (id, at) => ec2(at, 'StartInstances', { InstanceId: [id] }),
    stop: (id, { hibernate = false } = {}, at) =>
      ec2(at, 'StopInstances', { InstanceId: [id], ...(hibernate ? { Hibernate: 'true' } : {}) }),
    terminate: (id, at) => ec2(at, 'TerminateInstances', { InstanceId: [id] }),
    setTag: (id, Key, Value, at) => ec2(at, 'CreateTags', { ResourceId: [id], Tag: [{ Key, Value }] }),
    removeTag: (id, Key, at) => ec2(at, 'DeleteTags', { ResourceId: [id], Tag: [{ Key }] }),
    openSession: (id, seconds, at) =>
      call(at, ['ssm', 'StartSession'], { Target: id }, (moment) => {
        const machine = reach(world, id, 'TargetNotConnected');
        beginSession(world, machine, { id: sessionId(random), owner: PERSON, seconds }, moment);
      }),
    runCommand: (id, seconds, at) =>
      call(at, ['ssm', 'SendCommand'], { DocumentName: SCRIPT_DOCUMENT, InstanceIds: [id] }, (moment) => {
        reach(world, id, 'InvalidInstanceId');
        send(world, script(id, seconds), random, moment);
      }),
    runUpdate: (id, seconds, at) =>
      call(at, ['ssm', 'SendCommand'], { DocumentName: UPDATE_DOCUMENT, InstanceIds: [id] }, (moment) => {
        reach(world, id, 'InvalidInstanceId');
        send(world, update(id, seconds), random, moment);
      }),
    cancelCommand: (commandId, id, at) =>
      call(at, ['ssm', 'CancelCommand'], { CommandId: commandId, InstanceIds: [id] }, (moment) => {
        const command = world.commands.find((one) => one.id === commandId);
        if (!command?.invocations.has(id)) throw new ServiceError('InvalidCommandId', '');
        cancel(world, command, [id], moment);
      }),
    runAssociation: (id, seconds, at) => {
      const associationId = randomUuid(random);
      call(at, ['ssm', 'StartAssociationsOnce'], { AssociationIds: [associationId] }, (moment) => {
        beginAssociation(world, reach(world, id, 'InvalidInstanceId'), { id: associationId, seconds }, moment);
      });
    },
    leaveGroup: (group, id, at) => {
      const arn = `arn:aws:ec2:${world.region}:${account}:instance/${id}`;
      call(at, ['resource-groups', 'UngroupResources'], { Group: group, ResourceArns: [arn] }, () => {
        const members = world.groups.get(group);
        if (members === undefined) throw new ServiceError('NotFoundException', 'Cannot find group', 404);
        world.groups.set(
          group,
          members.filter((member) => member !== id),
        );
      });
    },
  };
}
