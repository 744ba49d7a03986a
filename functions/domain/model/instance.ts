import * as z from 'zod';
import type { Refusal } from './aws-errors.ts';
import { type Timestamp, timestampSchema } from './time.ts';

/** EC2's own names of an instance's state. */
export const ec2StateSchema = z.enum(['pending', 'running', 'shutting-down', 'terminated', 'stopping', 'stopped']);
export type Ec2State = z.infer<typeof ec2StateSchema>;

/** What an instance was before Reveille touched it. Hibernated is stopped with its memory kept. */
export const originalStateSchema = z.enum(['running', 'stopped', 'hibernated']);
export type OriginalState = z.infer<typeof originalStateSchema>;

/** What EC2 says of an instance, reduced to what the rules look at. */
export const instanceFactsSchema = z.object({
  instanceId: z.string(),
  name: z.string().nullable(),
  state: ec2StateSchema,
  stateReason: z.object({ code: z.string(), message: z.string() }).nullable(),
  /** EC2's StateTransitionReason: who has stopped it, and when; null while it is awake (docs/aws-behaviour.md 74). */
  transitionReason: z.string().nullable(),
  launchTime: timestampSchema.nullable(),
  /** Its Availability Zone, as `eu-central-1a`; null: EC2 did not say. */
  zone: z.string().nullable(),
  /** EC2's PlatformDetails, as `Linux/UNIX` or `Windows` (docs/aws-behaviour.md 95). */
  platform: z.string().nullable(),
  /** EC2's Architecture, as `x86_64` or `arm64`. */
  architecture: z.string().nullable(),
  rootDeviceType: z.string().nullable(),
  /** Nothing is attached as its root device, so it can't boot (docs/aws-behaviour.md 121). */
  lacksRootVolume: z.boolean(),
  isSpot: z.boolean(),
  instanceProfileArn: z.string().nullable(),
  /** The service that manages it, as EC2 names its principal; null: none (docs/aws-behaviour.md 110). */
  managedBy: z.string().nullable(),
  tags: z.record(z.string(), z.string()),
});
export type InstanceFacts = z.infer<typeof instanceFactsSchema>;

/** In place of EC2's state: it is left awake by its opt-out tag alone. */
export const OPTED_OUT = 'opted-out';

/** What SSM says of an instance's agent. */
export interface AgentFacts {
  instanceId: string;
  pingStatus: string;
  lastPingAt: string | null;
  version: string | null;
  /** SSM has refused to say anything of it: in its words. */
  refusal?: Refusal;
}

/** EC2's status checks of a running instance: `ok`, `impaired`, `insufficient-data` or another word (docs/aws-behaviour.md 125). */
export interface StatusChecks {
  system: string;
  instance: string;
  attachedVolumes: string;
}

/** docs/aws-behaviour.md 21 */
export const isHibernated = (facts: InstanceFacts): boolean =>
  facts.state === 'stopped' && facts.stateReason?.code === 'Client.UserInitiatedHibernate';

/** EC2's state, or `hibernated`: as a person would say how the instance stands. */
export const stateNow = (facts: InstanceFacts): string => (isHibernated(facts) ? 'hibernated' : facts.state);

/** What others are doing on an instance, as SSM tells it. RDP and SSH are not seen (docs/aws-behaviour.md 16). */
export interface OtherActivityFacts {
  /** Active Session Manager sessions: connected ones, and those that are disconnected but not ended. */
  sessions: {
    instanceId: string;
    sessionId: string;
    owner: string;
    startedAt: Timestamp | null;
    isConnected: boolean;
  }[];
  /** Run Command's invocations that have not ended, and have not expired. */
  invocations: {
    instanceId: string;
    commandId: string;
    documentName: string;
    comment: string;
    requestedAt: Timestamp | null;
  }[];
  /** State Manager's associations that are being carried out. */
  associations: { instanceId: string; name: string; executedAt: Timestamp | null }[];
}
