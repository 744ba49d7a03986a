import type { InstanceFacts } from '../model/instance.ts';
import { exclusion, type Reason } from '../model/reason.ts';
import type { ExclusionCode } from '../model/reason-codes.ts';

/** How a controller says by a tag that an instance is its own; the tag's value names which of its kind. */
interface Mark {
  tag: string;
  code: ExclusionCode;
  owner: string;
}

/** In the order in which they are asked (docs/aws-behaviour.md 22, 111). */
const MARKS: readonly Mark[] = [
  { tag: 'aws:autoscaling:groupName', code: 'auto-scaling', owner: 'the Auto Scaling group' },
  { tag: 'aws:elasticmapreduce:job-flow-id', code: 'managed-by-others', owner: 'the EMR cluster' },
  { tag: 'karpenter.sh/nodepool', code: 'managed-by-others', owner: "Karpenter's node pool" },
  { tag: 'karpenter.sh/provisioner-name', code: 'managed-by-others', owner: "Karpenter's provisioner" },
];

/**
 * Why an instance is left to the controller that owns it: one that starts, stops and replaces instances by a plan of its own. EC2
 * names some of them (docs/aws-behaviour.md 110), and the others mark theirs by a tag.
 * @returns null if no controller owns it
 */
export function controllerReason({ managedBy, tags }: Pick<InstanceFacts, 'managedBy' | 'tags'>): Reason | null {
  if (managedBy !== null) return ownedBy('managed-by-others', managedBy);
  const mark = MARKS.find(({ tag }) => Object.hasOwn(tags, tag));
  return mark === undefined ? null : ownedBy(mark.code, `${mark.owner} ${tags[mark.tag]}`);
}

const ownedBy = (code: ExclusionCode, owner: string): Reason =>
  exclusion(code, `owned by ${owner}, which starts, stops and replaces its instances itself`);
