import type { Manifest } from '../../../../functions/domain/listing/manifest.ts';
import { calls, type Evidence, type ExecutionEvidence, type InstanceEvidence } from '../../evidence/evidence.ts';
import { listedAt, standingsBetween, viewLagMilliseconds } from '../../evidence/standings.ts';
import type { LineRule } from '../report/reported-line.ts';

type Member = Pick<Manifest['instances'][number], 'name' | 'group'>;

/** What EC2 does not know has no name and no platform. */
const isUnknown = (state: string | null): boolean => state === null || state === 'not-found';

/** The group that is told: one that names it, and the first one where nothing chooses or changes the groups. */
function groupDiffers(evidence: Evidence, { input }: ExecutionEvidence, { groups }: InstanceEvidence, said: string) {
  const isChosen = input['groups'] !== undefined || calls(evidence, 'UngroupResources').length > 0;
  return isChosen ? !groups.includes(said) : said !== groups[0];
}

/** By which name and in which group a person knows it, and what is told instead. */
function called(evidence: Evidence, execution: ExecutionEvidence, instance: InstanceEvidence, member: Member) {
  const { name, group } = member;
  if (name !== instance.name) return `is called ${instance.name ?? 'nothing'}, and is told as ${name ?? 'nothing'}`;
  return groupDiffers(evidence, execution, instance, group)
    ? `is in ${instance.groups.join(', ')}, and is told in ${group}`
    : null;
}

/** A line has the name and the group by which people know its instance. */
export const named: LineRule = ({ evidence, execution, instance, line }) =>
  isUnknown(line.originalState) && line.name === null ? null : called(evidence, execution, instance, line);

const CHOOSES = ['groups', 'instances'];

/** A manifest says who was listed, as the account showed them: each member once, with its name, platform and state. */
export function aboutManifest(evidence: Evidence, execution: ExecutionEvidence): string[] {
  const manifest = evidence.overheard.manifests[execution.name];
  const listed = listedAt(evidence, execution.name);
  if (manifest === undefined || listed === null) return [];
  const ids = manifest.instances.map(({ instanceId }) => instanceId);
  const isWhole =
    !CHOOSES.some((field) => field in execution.input) && calls(evidence, 'UngroupResources').length === 0;
  const missing = evidence.instances.filter(({ instanceId }) => isWhole && !ids.includes(instanceId));
  return [
    ...missing.map(({ instanceId }) => `${instanceId} is a member, and the manifest does not name it`),
    ...(new Set(ids).size === ids.length ? [] : [`the manifest names one twice: ${ids.join(', ')}`]),
    ...manifest.instances.flatMap((member) => aboutMember(evidence, execution, member, listed)),
  ];
}

function aboutMember(
  evidence: Evidence,
  execution: ExecutionEvidence,
  member: Manifest['instances'][number],
  listed: number,
): string[] {
  const { instanceId, state, platform, decision, originalState, reason, launchTime } = member;
  const instance = evidence.instances.find((one) => one.instanceId === instanceId);
  // A group may name what is no instance of EC2.
  if (instance === undefined)
    return !instanceId.startsWith('i-') ? [] : [`the manifest names ${instanceId}, which no group names`];
  if (isUnknown(state)) return [];
  const wrong = called(evidence, execution, instance, member);
  const shown = standingsBetween(evidence, instance, listed - 2 * viewLagMilliseconds(evidence), listed);
  const isShown = [...shown].some((one) => (one === 'hibernated' ? 'stopped' : one) === state);
  const isIn = decision === 'take-part';
  return [
    ...(wrong === null ? [] : [`${instanceId} ${wrong}, in the manifest`]),
    ...(platform === instance.platform ? [] : [`${instanceId} has the platform ${instance.platform}, not ${platform}`]),
    ...(isShown ? [] : [`${instanceId} was ${[...shown].join(' or ')}, and the manifest says ${state}`]),
    ...(isIn === (originalState !== null) && isIn === (reason === null)
      ? []
      : [`${instanceId} is listed as ${decision}, with ${originalState} and ${reason?.code}`]),
    ...(isIn && launchTime === null
      ? [`${instanceId} takes part, and the manifest does not say when it was launched`]
      : []),
  ];
}
