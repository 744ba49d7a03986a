import type { Refusal } from '../model/aws-errors.ts';
import type { Reason } from '../model/reason.ts';
import type { Timestamp } from '../model/time.ts';

/** What Run Command says of one instance's part of a command. */
export interface Invocation {
  commandId: string;
  instanceId: string;
  status: string;
  statusDetails: string;
  /** Standard output as far as the service gave it; it never travels in a payload. */
  output: string;
  /** SSM has refused to give the rest of the output, or, of one in progress, to say how it stands: in its words. */
  refusal?: Refusal;
  /** SSM has listed it as ended, and fails to say how: the next look asks again. Until then it is in progress. */
  hasEnded?: true;
  /** When the agent began with it; null: not yet, or never. */
  startedAt: Timestamp | null;
  endedAt: Timestamp | null;
}

/** What an invocation means. */
export type Judgement =
  | { verdict: 'pending' }
  | { verdict: 'running' }
  /**
   * The agent says that there is nothing left to do: to be verified, never believed. `isNewer`: because it is newer than the
   * target.
   */
  | { verdict: 'done'; isNewer?: true }
  /**
   * Over without success. Nothing of it is running any more. `wasNeverDelivered`: its agent never got it. `passes`: for a cause
   * that passes by itself, and it says that the agent is as it was: one more command may get through.
   */
  | { verdict: 'failed'; reason: Reason; wasNeverDelivered?: true; passes?: boolean }
  /** Another update holds the instance. */
  | { verdict: 'busy'; reason: Reason }
  /** The service has given up on it; the instance may still be at work. `wasNeverTaken`: it is not, and won't be. */
  | { verdict: 'lost'; reason: Reason; wasNeverTaken?: boolean };

/**
 * What is done to an instance that is awake. AWS-UpdateSSMAgent is the first; another document becomes another module.
 */
export interface Work {
  documentName: string;
  /**
   * How many commands one instance is sent at most: 2 if a command that is lost or hangs, or has failed for a cause that passes,
   * may be sent again; then it may also be sent one more after the update of someone else. That is the work's own word, since a second command may meet a first
   * one that is still at work.
   */
  commandsMax: number;
  /** The document's parameters for this target. */
  parameters(target: string): Record<string, string[]>;
  /** Whether an agent that reports this version leaves nothing to do. */
  isAtTarget(version: string | null, target: string): boolean;
  /** Whether the output says enough to judge by, so that the whole of it need not be fetched. */
  isConclusive(invocation: Invocation): boolean;
  judge(invocation: Invocation): Judgement;
}
