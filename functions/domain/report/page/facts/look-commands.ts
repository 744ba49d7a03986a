import type { NightInstance } from './night.ts';

/**
 * A command that shows a person more of an instance that has failed; null if none does. It only reads, and is made of the region and
 * of IDs that look like IDs: no text of AWS, of a tag or of an instance ever gets into a line that is to be pasted into a shell.
 */
export function lookCommand(code: string, instance: NightInstance, region: string): string | null {
  const { instanceId, commands } = instance;
  const commandId = commands.at(-1)?.commandId ?? null;
  const look = Object.hasOwn(LOOKS, code) ? LOOKS[code] : undefined;
  if (look === undefined || !REGION.test(region) || !INSTANCE.test(instanceId)) return null;
  if (!look.includes('COMMAND')) return fill(look, region, instanceId, '');
  return commandId !== null && COMMAND.test(commandId) ? fill(look, region, instanceId, commandId) : null;
}

const REGION = /^[a-z]{2}(-[a-z]+)+-\d+$/;

const INSTANCE = /^i-[0-9a-f]{8,17}$/;

const COMMAND = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

const fill = (look: string, region: string, instanceId: string, commandId: string): string =>
  look.replace('REGION', region).replace('INSTANCE', instanceId).replace('COMMAND', commandId);

const CONSOLE_OUTPUT = 'aws ec2 get-console-output --region REGION --latest --instance-id INSTANCE --output text';

const INVOCATION = 'aws ssm get-command-invocation --region REGION --instance-id INSTANCE --command-id COMMAND';

const STATE_REASON =
  "aws ec2 describe-instances --region REGION --instance-ids INSTANCE --query 'Reservations[].Instances[].StateReason'";

const PROFILE =
  "aws ec2 describe-instances --region REGION --instance-ids INSTANCE --query 'Reservations[].Instances[].IamInstanceProfile'";

const AGENT = 'aws ssm describe-instance-information --region REGION --filters Key=InstanceIds,Values=INSTANCE';

const TAGS = 'aws ec2 describe-tags --region REGION --filters Name=resource-id,Values=INSTANCE';

/** For the causes of which a call tells more than the report does. */
const LOOKS: Record<string, string> = {
  'agent-lost': AGENT,
  'agent-not-pinging': AGENT,
  'hibernation-lost': STATE_REASON,
  'launch-error': STATE_REASON,
  'lease-kept': TAGS,
  'lease-refused': TAGS,
  'limit-reached': 'aws service-quotas list-service-quotas --region REGION --service-code ec2',
  'never-registered': CONSOLE_OUTPUT,
  'no-instance-profile': PROFILE,
  'not-restored': STATE_REASON,
  'not-running': STATE_REASON,
  'status-check-failed':
    'aws ec2 describe-instance-status --region REGION --include-all-instances --instance-ids INSTANCE',
  'rollback-failed': INVOCATION,
  'update-failed': INVOCATION,
  'update-hung': INVOCATION,
  'update-lost': INVOCATION,
  'update-rolled-back': INVOCATION,
  'updater-died': INVOCATION,
  'version-not-confirmed': INVOCATION,
};
