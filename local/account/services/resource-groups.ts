import * as z from 'zod';
import type { Fleet } from '../fleet/fleet.ts';
import type { Route } from '../wire/protocols.ts';
import { ServiceError } from '../wire/service-error.ts';
import { type Operations, operation, paginate } from './operation.ts';

/** Where Resource Groups' operations are. */
export const GROUP_ROUTES: Route[] = [
  { method: 'POST', path: '/list-group-resources', operation: 'ListGroupResources' },
  { method: 'POST', path: '/get-group', operation: 'GetGroup' },
];

const RESOURCE_TYPE = /^AWS::[a-zA-Z0-9]+::\w+$/;

const groupName = z.strictObject({ Group: z.string().optional(), GroupName: z.string().optional() });

const notFound = () => new ServiceError('NotFoundException', 'Cannot find group', 404);

const badRequest = (message: string) => new ServiceError('BadRequestException', message, 400);

/** A group can be named by its name or its ARN. */
export const groupNameIn = (nameOrArn: string): string =>
  nameOrArn.startsWith('arn:') ? nameOrArn.split('/').slice(1).join('/') : nameOrArn;

/** Resource Groups over the fleet's own groups. */
export function resourceGroups(fleet: Fleet): Operations {
  const find = (nameOrArn: string | undefined) => {
    if (!nameOrArn) throw badRequest('Group: a name or an ARN is required');
    const name = groupNameIn(nameOrArn);
    const group = fleet.groups.find((one) => one.name === name);
    if (group === undefined) throw notFound();
    return group;
  };
  const arn = (account: string, name: string) => `arn:aws:resource-groups:${fleet.region}:${account}:group/${name}`;
  return {
    ListGroupResources: operation(
      groupName.extend({
        Filters: z
          .array(
            z.strictObject({
              Name: z.literal('resource-type'),
              Values: z.array(z.string().regex(RESOURCE_TYPE)).min(1).max(5),
            }),
          )
          .optional(),
        MaxResults: z.int().min(1).max(50).optional(),
        NextToken: z.string().optional(),
      }),
      ({ Group, GroupName, Filters = [], MaxResults = 50, NextToken }, call) => {
        const { account, world } = call;
        const group = find(Group ?? GroupName);
        if (group.queryError !== undefined) {
          const message = `The stack of group ${group.name} cannot be queried.`;
          return {
            Resources: [],
            ResourceIdentifiers: [],
            QueryErrors: [{ ErrorCode: group.queryError, Message: message }],
          };
        }
        const { resourceTypes = null, otherResources = [] } = group;
        const strange = Filters.flatMap(({ Values }) => Values).filter(
          (type) => !(resourceTypes?.includes(type) ?? true),
        );
        if (strange.length > 0) {
          const are = 'The resource types specified as filters in the request are not valid.';
          throw badRequest(`${are} Invalid resource types: ${strange.join(', ')}`);
        }
        const isWanted = (type: string) =>
          (resourceTypes?.includes(type) ?? true) && Filters.every(({ Values }) => Values.includes(type));
        const instances = (world.groups.get(group.name) ?? []).map((id) => ({
          ResourceArn: `arn:aws:ec2:${fleet.region}:${account}:instance/${id}`,
          ResourceType: 'AWS::EC2::Instance',
        }));
        const others = otherResources.map(({ arn: ResourceArn, type }) => ({ ResourceArn, ResourceType: type }));
        const identifiers = [...instances, ...others].filter(({ ResourceType }) => isWanted(ResourceType));
        const { page, nextToken } = paginate(call, identifiers, {
          size: MaxResults,
          token: NextToken,
          invalidToken: () => badRequest('NextToken is not valid'),
        });
        return {
          Resources: page.map((Identifier) => ({ Identifier })),
          ResourceIdentifiers: page,
          QueryErrors: [],
          NextToken: nextToken,
        };
      },
    ),
    GetGroup: operation(groupName, ({ Group, GroupName }, { account }) => {
      const { name } = find(Group ?? GroupName);
      return {
        Group: { GroupArn: arn(account, name), Name: name, Description: `Group ${name} of the embedded account` },
      };
    }),
  };
}
