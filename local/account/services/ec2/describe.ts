import * as z from 'zod';
import { wireBoolean, wireInteger } from '../../wire/query.ts';
import { ServiceError } from '../../wire/service-error.ts';
import type { XmlValue } from '../../wire/xml.ts';
import { has, type Machine, type View } from '../../world/machine.ts';
import { type Call, type Operations, operation, paginate } from '../operation.ts';
import { assertFilters, findMachines, passes } from './lookup.ts';

export const STATE_CODES = { pending: 0, running: 16, 'shutting-down': 32, terminated: 48, stopping: 64, stopped: 80 };

const filterSchema = z.strictObject({ Name: z.string(), Value: z.array(z.string()).min(1) });

const listing = {
  InstanceId: z.array(z.string()).optional(),
  Filter: z.array(filterSchema).optional(),
  MaxResults: wireInteger.pipe(z.int().min(5).max(1000)).optional(),
  NextToken: z.string().optional(),
};

const PAGE_SIZE = 1000;

const invalidToken = () => new ServiceError('InvalidNextToken', 'The token is invalid.');

/** What this call asks for: machines and how they look, a page of them. */
function select(
  { InstanceId, Filter, MaxResults, NextToken }: z.infer<z.ZodObject<typeof listing>>,
  call: Call,
  also: (machine: Machine, view: View) => boolean,
) {
  if (InstanceId !== undefined && MaxResults !== undefined) {
    const message = 'The parameter instancesSet cannot be used with the parameter maxResults';
    throw new ServiceError('InvalidParameterCombination', message);
  }
  assertFilters(Filter ?? []);
  const machines = InstanceId === undefined ? [...call.world.machines.values()] : findMachines(call, InstanceId);
  const shown = machines
    .map((machine) => ({ machine, view: call.world.view(machine, call.now) }))
    .filter(({ machine, view }) => passes(machine, view.state, view.tags, Filter ?? []) && also(machine, view));
  // A caller that names the instances gets all of them at once.
  const pages = InstanceId === undefined ? call : { pageSizeMax: PAGE_SIZE };
  return paginate(pages, shown, { size: MaxResults ?? PAGE_SIZE, token: NextToken, invalidToken });
}

const stateOf = ({ state }: View): XmlValue => ({ code: STATE_CODES[state], name: state });

function describe(machine: Machine, view: View, { world, account }: Call): XmlValue {
  const isSpot = has(machine, 'spot') || has(machine, 'spot-persistent');
  const { platform, hibernating } = machine;
  const profile = `arn:aws:iam::${account}:instance-profile/ssm-managed`;
  return {
    instanceId: machine.id,
    imageId: 'ami-0123456789abcdef0',
    instanceState: stateOf(view),
    instanceType: 't3.medium',
    reason: view.transitionReason,
    launchTime: new Date(view.launchTime).toISOString(),
    placement: { availabilityZone: `${world.region}a`, tenancy: 'default' },
    platform: platform.ec2Platform,
    platformDetails: platform.ec2PlatformDetails,
    stateReason: view.stateReason && { code: view.stateReason.code, message: view.stateReason.message },
    architecture: 'x86_64',
    rootDeviceType: has(machine, 'instance-store') ? 'instance-store' : 'ebs',
    instanceLifecycle: isSpot ? 'spot' : null,
    spotInstanceRequestId: isSpot ? `sir-${machine.id.slice(2, 10)}` : null,
    hibernationOptions: { configured: hibernating },
    iamInstanceProfile: has(machine, 'no-instance-profile') ? null : { arn: profile, id: 'AIPAEMBEDDEDACCOUNT00' },
    tagSet: [...view.tags].map(([key, value]) => ({ key, value })),
  };
}

export const describing: Operations = {
  DescribeInstances: operation(z.strictObject(listing), (parameters, call) => {
    const { page, nextToken } = select(parameters, call, () => true);
    const reservations = page.map(({ machine, view }) => ({
      reservationId: `r-${machine.id.slice(2)}`,
      ownerId: call.account,
      instancesSet: [describe(machine, view, call)],
    }));
    return { reservationSet: reservations, nextToken };
  }),

  DescribeInstanceStatus: operation(
    z.strictObject({ ...listing, IncludeAllInstances: wireBoolean.optional() }),
    (parameters, call) => {
      const { IncludeAllInstances, ...rest } = parameters;
      const { page, nextToken } = select(
        rest,
        call,
        (_, view) => IncludeAllInstances === true || view.state === 'running',
      );
      const statuses = page.map(({ machine, view }) => {
        const status = view.state === 'running' ? 'ok' : 'not-applicable';
        return {
          instanceId: machine.id,
          availabilityZone: `${call.world.region}a`,
          instanceState: stateOf(view),
          systemStatus: { status },
          instanceStatus: { status },
        };
      });
      return { instanceStatusSet: statuses, nextToken };
    },
  ),

  DescribeInstanceAttribute: operation(
    z.strictObject({ InstanceId: z.string(), Attribute: z.enum(['disableApiStop', 'disableApiTermination']) }),
    ({ InstanceId, Attribute }, call) => {
      const [machine] = findMachines(call, [InstanceId]);
      const value = Attribute === 'disableApiStop' && machine !== undefined && has(machine, 'stop-protected');
      return { instanceId: InstanceId, [Attribute]: { value } };
    },
  ),
};
