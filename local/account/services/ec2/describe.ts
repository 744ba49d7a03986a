import * as z from 'zod';
import type { BehaviourName } from '../../fleet/behaviours.ts';
import { wireBoolean, wireInteger } from '../../wire/query.ts';
import { ServiceError } from '../../wire/service-error.ts';
import type { XmlValue } from '../../wire/xml.ts';
import { has, type Machine, type View } from '../../world/machine.ts';
import { type Call, type Operations, operation, paginate } from '../operation.ts';
import { assertFilters, findMachines, notFound, passes } from './lookup.ts';

export const STATE_CODES = { pending: 0, running: 16, 'shutting-down': 32, terminated: 48, stopping: 64, stopped: 80 };

const filterSchema = z.strictObject({ Name: z.string(), Value: z.array(z.string()).min(1) });

const listing = {
  InstanceId: z.array(z.string()).optional(),
  Filter: z.array(filterSchema).optional(),
  MaxResults: wireInteger.pipe(z.int().min(5).max(1000)).optional(),
  NextToken: z.string().optional(),
  IncludeManagedResources: wireBoolean.optional(),
};

const PAGE_SIZE = 1000;

const invalidToken = () => new ServiceError('InvalidNextToken', 'The token is invalid.');

/** What this call asks for: machines and how they look, a page of them. */
function select(
  { InstanceId, Filter, MaxResults, NextToken, IncludeManagedResources = false }: z.infer<z.ZodObject<typeof listing>>,
  call: Call,
  also: (machine: Machine, view: View) => boolean,
) {
  if (InstanceId !== undefined && MaxResults !== undefined) {
    const message = 'The parameter instancesSet cannot be used with the parameter maxResults';
    throw new ServiceError('InvalidParameterCombination', message);
  }
  assertFilters(Filter ?? []);
  const { forgotten } = call.world;
  const machines = InstanceId === undefined ? [...call.world.machines.values()] : findMachines(call, InstanceId);
  const missed = (InstanceId ?? []).filter((id) => forgotten.has(id));
  if (missed.length > 0) throw notFound(missed);
  const shown = machines
    .filter((machine) => IncludeManagedResources || !has(machine, 'managed-and-hidden'))
    .map((machine) => ({ machine, view: call.world.view(machine, call.now) }))
    .filter(({ machine, view }) => passes(machine, view.state, view.tags, Filter ?? []) && also(machine, view));
  // A caller that names the instances gets all of them at once.
  const pages = InstanceId === undefined ? call : { pageSizeMax: PAGE_SIZE };
  return paginate(pages, shown, { size: MaxResults ?? PAGE_SIZE, token: NextToken, invalidToken });
}

const stateOf = ({ state }: View): XmlValue => ({ code: STATE_CODES[state], name: state });

/** Which service manages it, if one does (docs/aws-behaviour.md 110). */
function operatorOf(machine: Machine): XmlValue {
  const isHidden = has(machine, 'managed-and-hidden');
  const principal = isHidden ? 'ecs.amazonaws.com' : 'eks.amazonaws.com';
  const isManaged = isHidden || has(machine, 'managed-by-eks');
  return isManaged ? { managed: true, principal, hiddenByDefault: isHidden } : { managed: false };
}

function describe(machine: Machine, view: View, { account }: Call): XmlValue {
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
    placement: { availabilityZone: machine.zone, tenancy: 'default' },
    platform: platform.ec2Platform,
    platformDetails: platform.ec2PlatformDetails,
    stateReason: view.stateReason && { code: view.stateReason.code, message: view.stateReason.message },
    architecture: has(machine, 'old-architecture') ? 'i386' : 'x86_64',
    rootDeviceName: ROOT_DEVICE,
    blockDeviceMapping: volumesOf(machine),
    rootDeviceType: has(machine, 'instance-store') ? 'instance-store' : 'ebs',
    instanceLifecycle: isSpot ? 'spot' : null,
    spotInstanceRequestId: isSpot ? `sir-${machine.id.slice(2, 10)}` : null,
    hibernationOptions: { configured: hibernating },
    iamInstanceProfile: has(machine, 'no-instance-profile') ? null : { arn: profile, id: 'AIPAEMBEDDEDACCOUNT00' },
    operator: operatorOf(machine),
    tagSet: [...view.tags].map(([key, value]) => ({ key, value })),
  };
}

const ROOT_DEVICE = '/dev/xvda';

/** None stands there of an instance store, nor of a root volume that is detached (docs/aws-behaviour.md 121). */
function volumesOf(machine: Machine): XmlValue {
  if (has(machine, 'instance-store') || has(machine, 'root-volume-missing')) return [];
  const volume = { volumeId: `vol-${machine.id.slice(2)}`, status: 'attached' };
  return [{ deviceName: ROOT_DEVICE, ebs: volume }];
}

/** @throws where a zone is disturbed, and the call names an instance in it or none (docs/aws-behaviour.md 140) */
function assertUndisturbed({ world }: Call, ids: string[] | undefined): void {
  const zones = ids === undefined ? [...world.disturbedZones] : ids.flatMap((id) => world.machines.get(id)?.zone ?? []);
  if (zones.some((zone) => world.disturbedZones.has(zone)))
    throw new ServiceError('Unavailable', 'The service is unavailable. Please try again shortly.', 503);
}

export const describing: Operations = {
  DescribeInstances: operation(z.strictObject(listing), (parameters, call) => {
    assertUndisturbed(call, parameters.InstanceId);
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
        const ok = view.state === 'running' ? 'ok' : 'not-applicable';
        const check = (dead: BehaviourName) => ({
          status: view.state === 'running' && has(machine, dead) ? 'impaired' : ok,
        });
        return {
          instanceId: machine.id,
          availabilityZone: machine.zone,
          instanceState: stateOf(view),
          systemStatus: check('host-fails'),
          instanceStatus: check('system-hangs'),
          attachedEbsStatus: check('volume-stalls'),
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
