import type { PutEntry } from '../services/event-bridge.ts';
import { type Asks, ask, asks, onAll, type Scene } from './access-request.ts';
import type { Context } from './conditions.ts';
import type { AccessRequest } from './policy.ts';
import { s3Requests } from './s3-request-table.ts';

const instanceArn = (id: string, { region, account }: Scene): string =>
  `arn:aws:ec2:${region}:${account}:instance/${id}`;

const RESOURCE_TAG = 'aws:ResourceTag/';

const REQUEST_TAG = 'aws:RequestTag/';

/**
 * The tags of an instance as describes show them at this moment: one that was just written may not be seen yet
 * (docs/aws-behaviour.md 45). What does not exist has no tags.
 */
function tagsOf(id: string, { world, now }: Scene): Context {
  const machine = world.machines.get(id);
  return (key) => {
    if (machine === undefined || !key.startsWith(RESOURCE_TAG)) return undefined;
    const value = world.view(machine, now).tags.get(key.slice(RESOURCE_TAG.length));
    return value === undefined ? undefined : [value];
  };
}

const onInstances = (action: string): Asks =>
  asks<{ InstanceId: string | string[] }>(({ InstanceId }, scene) =>
    [InstanceId].flat().map((id) => ask(action, instanceArn(id, scene), tagsOf(id, scene))),
  );

interface Tagging {
  ResourceId: string[];
  Tag?: { Key: string; Value?: string | undefined }[];
}

/** The tags that are written or removed, as keys of the request; without any, it has none (docs/aws-behaviour.md 35). */
const onTags = (action: string): Asks =>
  asks<Tagging>(({ ResourceId, Tag = [] }, scene) => {
    const keys = Tag.length === 0 ? undefined : [...new Set(Tag.map(({ Key }) => Key))];
    const requested = (name: string) => Tag.filter(({ Key }) => Key === name).map(({ Value = '' }) => Value);
    return ResourceId.map((id) => {
      const ofResource = tagsOf(id, scene);
      return ask(action, instanceArn(id, scene), (key) => {
        if (key === 'aws:TagKeys') return keys;
        if (!key.startsWith(REQUEST_TAG)) return ofResource(key);
        const values = requested(key.slice(REQUEST_TAG.length));
        return values.length === 0 ? undefined : values;
      });
    });
  });

/** For each event, by its bus (docs/aws-behaviour.md 113). */
const putEvents = asks<{ Entries: PutEntry[] }>(({ Entries }, { region, account }) =>
  Entries.map(({ Source, DetailType, EventBusName = 'default' }) =>
    ask('events:PutEvents', asArn(EventBusName, `arn:aws:events:${region}:${account}:event-bus/`), (key) => {
      const value = { 'events:source': Source, 'events:detail-type': DetailType }[key];
      return value === undefined ? undefined : [value];
    }),
  ),
);

/** AWS's own documents are in no account. */
const documentArn = (name: string, { region, account }: Scene): string =>
  `arn:aws:ssm:${region}:${name.startsWith('AWS-') ? '' : account}:document/${name}`;

/** For its document, and each instance that it names (docs/aws-behaviour.md 35); targets are asked for later. */
const sendCommand = asks<{ DocumentName: string; InstanceIds: string[] }>(({ DocumentName, InstanceIds }, scene) => [
  ask('ssm:SendCommand', documentArn(DocumentName, scene)),
  ...InstanceIds.map((id) => sendTo(id, scene)),
]);

const sendTo = (id: string, scene: Scene): AccessRequest =>
  ask('ssm:SendCommand', instanceArn(id, scene), tagsOf(id, scene));

/** A name, or an ARN already. */
const asArn = (nameOrArn: string, prefix: string): string =>
  nameOrArn.startsWith('arn:') ? nameOrArn : `${prefix}${nameOrArn}`;

interface GroupNamed {
  Group?: string | undefined;
  GroupName?: string | undefined;
}

const groupArn = ({ Group, GroupName }: GroupNamed, { region, account }: Scene): string =>
  asArn(Group ?? GroupName ?? '', `arn:aws:resource-groups:${region}:${account}:group/`);

const listGroup = (group: GroupNamed, scene: Scene): AccessRequest =>
  ask('resource-groups:ListGroupResources', groupArn(group, scene));

/** What IAM is asked when the targets of a command are looked up (docs/aws-behaviour.md 60). */
export const targetRequests = {
  group: (name: string, scene: Scene): AccessRequest => listGroup({ Group: name }, scene),
  instance: sendTo,
};

/** For a parameter that is the resource's ARN. */
const onArn = (action: string, parameter: string): Asks =>
  asks<Record<string, string | undefined>>((parameters) => [ask(action, parameters[parameter] ?? null)]);

/** A function is named by its name, by its ARN, or by the ARN's end. */
const invoke = asks<{ FunctionName: string }>(({ FunctionName }, { region, account }) => {
  const [, name = FunctionName] = FunctionName.split(':function:');
  return [ask('lambda:InvokeFunction', `arn:aws:lambda:${region}:${account}:function:${name}`)];
});

/**
 * By service and operation. Which actions have resources, and which keys, is as the Service Authorization Reference has
 * it; where this table is in doubt, it asks for the wider permission, "*".
 */
export const REQUESTS: Record<string, Record<string, Asks>> = {
  ec2: {
    DescribeInstances: onAll('ec2:DescribeInstances'),
    DescribeInstanceStatus: onAll('ec2:DescribeInstanceStatus'),
    DescribeInstanceAttribute: onInstances('ec2:DescribeInstanceAttribute'),
    // EC2 takes a grant on the keys of encrypted volumes in the caller's name; no volume here is encrypted.
    StartInstances: onInstances('ec2:StartInstances'),
    StopInstances: onInstances('ec2:StopInstances'),
    TerminateInstances: onInstances('ec2:TerminateInstances'),
    CreateTags: onTags('ec2:CreateTags'),
    DeleteTags: onTags('ec2:DeleteTags'),
  },
  ssm: {
    DescribeInstanceInformation: onAll('ssm:DescribeInstanceInformation'),
    DescribeSessions: onAll('ssm:DescribeSessions'),
    DescribeInstanceAssociationsStatus: onAll('ssm:DescribeInstanceAssociationsStatus'),
    SendCommand: sendCommand,
    ListCommands: onAll('ssm:ListCommands'),
    ListCommandInvocations: onAll('ssm:ListCommandInvocations'),
    GetCommandInvocation: onAll('ssm:GetCommandInvocation'),
    CancelCommand: onAll('ssm:CancelCommand'),
  },
  'resource-groups': {
    // The groups here stand for groups made of tag queries, and none is of a stack, which would ask CloudFormation.
    ListGroupResources: asks<GroupNamed>((parameters, scene) => [
      listGroup(parameters, scene),
      ask('tag:GetResources', null),
    ]),
    GetGroup: asks<GroupNamed>((parameters, scene) => [ask('resource-groups:GetGroup', groupArn(parameters, scene))]),
  },
  sns: { Publish: onArn('sns:Publish', 'TopicArn') },
  events: { PutEvents: putEvents },
  // A caller needs no permission to ask for its own identity.
  sts: { GetCallerIdentity: () => [] },
  states: {
    StartExecution: onArn('states:StartExecution', 'stateMachineArn'),
    DescribeExecution: onArn('states:DescribeExecution', 'executionArn'),
    StopExecution: onArn('states:StopExecution', 'executionArn'),
    RedriveExecution: onArn('states:RedriveExecution', 'executionArn'),
    ListExecutions: asks<Record<string, string | undefined>>(({ stateMachineArn, mapRunArn }) => [
      ask('states:ListExecutions', stateMachineArn ?? mapRunArn ?? null),
    ]),
    GetExecutionHistory: onArn('states:GetExecutionHistory', 'executionArn'),
    DescribeStateMachine: onArn('states:DescribeStateMachine', 'stateMachineArn'),
    ListStateMachines: onAll('states:ListStateMachines'),
    ListMapRuns: onArn('states:ListMapRuns', 'executionArn'),
    DescribeMapRun: onArn('states:DescribeMapRun', 'mapRunArn'),
  },
  lambda: { Invoke: invoke, ListFunctions: onAll('lambda:ListFunctions') },
  scheduler: {
    GetSchedule: asks<{ Name: string; groupName: string }>(({ Name, groupName }, { region, account }) => [
      ask('scheduler:GetSchedule', `arn:aws:scheduler:${region}:${account}:schedule/${groupName}/${Name}`),
    ]),
    ListSchedules: onAll('scheduler:ListSchedules'),
  },
  s3: s3Requests,
};
