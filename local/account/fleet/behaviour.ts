import type { Timing } from './platforms.ts';

/** What a behaviour decides of an instance. Two that decide the same contradict each other. */
export type Question =
  /** What EC2 says of it when everything begins. */
  | 'beginning'
  /** What its root device is. */
  | 'root'
  | 'spot'
  /** Which controller owns it. */
  | 'controller'
  /** Whether EC2 starts it when it is told to. */
  | 'start'
  /** How long it is pending, and what comes after that. */
  | 'pending'
  /** How long it is stopping. */
  | 'stopping'
  /** Whether its agent is ever heard of. */
  | 'agent'
  | 'ping-interval'
  /** Whether its agent gets the commands that are sent to it. */
  | 'delivery'
  /** How an update of ours ends. */
  | 'update'
  /** An update that is not ours. */
  | 'foreign-update'
  | 'lease-tag'
  /** How far its clock is off. */
  | 'clock';

export interface Behaviour {
  /** For people who write a fleet file. */
  description: string;
  /** How a stopped instance of this behaviour ends in a run: its outcome, and the reason's code. */
  ends: string;
  timing?: Partial<Timing>;
  decides?: readonly Question[];
}
