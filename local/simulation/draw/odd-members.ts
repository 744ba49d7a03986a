import type { BehaviourName } from '../../account/fleet/behaviours.ts';
import type { Fleet } from '../../account/fleet/fleet.ts';
import { createRandom } from '../../base/random.ts';
import { drawMember } from '../scenario/draw-fleet.ts';
import { chance, pickWeighted } from '../scenario/weighted-choice.ts';

/** In every seventh account, a group names something that no run can wake. */
const SHARE = 0.14;

/** What it is, and how often. */
const ODD: [BehaviourName | 'node' | 'bucket' | 'no place for instances', number][] = [
  ['managed-by-eks', 3],
  ['managed-and-hidden', 3],
  ['emr-member', 2],
  ['karpenter-node', 2],
  ['node', 3],
  ['bucket', 1],
  ['no place for instances', 2],
];

/** Far behind the others: they are counted from 0. */
const INDEX = 4095;

const NODE = {
  type: 'AWS::SSM::ManagedInstance',
  arn: 'arn:aws:ssm:eu-central-1:123456789012:managed-instance/mi-0123456789abcdef0',
};

const BUCKET = { type: 'AWS::S3::Bucket', arn: 'arn:aws:s3:::logs' };

/** With one more member, or one more group, in some accounts. All else of the seed is drawn as without it. */
export function withOddMember(fleet: Fleet, seed: number): Fleet {
  const random = createRandom(seed, 'odd member');
  const [first, ...others] = fleet.groups;
  if (first === undefined || !chance(random, SHARE)) return fleet;
  const odd = pickWeighted(random, ODD);
  switch (odd) {
    case 'node':
      return { ...fleet, groups: [{ ...first, otherResources: [NODE, BUCKET] }, ...others] };
    case 'bucket':
      return { ...fleet, groups: [{ ...first, otherResources: [BUCKET] }, ...others] };
    case 'no place for instances': {
      const group = { name: 'buckets', resourceTypes: [BUCKET.type], otherResources: [BUCKET], instances: [] };
      return { ...fleet, groups: [...fleet.groups, group] };
    }
    default:
      return {
        ...fleet,
        groups: [{ ...first, instances: [...first.instances, drawMember(random, INDEX, [odd])] }, ...others],
      };
  }
}
