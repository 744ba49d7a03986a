import type { Manifest } from '../../../functions/domain/listing/manifest.ts';
import type { Plan } from '../../../functions/domain/listing/plan.ts';

/** A ping of an agent, as SSM heard it. */
export interface PingEvidence {
  at: number;
  instanceId: string;
  version: string;
}

/** What a function published in one go, by the metrics' names. */
export interface MetricsEvidence {
  at: number;
  principal: string;
  values: Record<string, number>;
}

/** What stands in no journal. */
export interface Overheard {
  /** In order; the first of each instance is what SSM remembered when everything began. */
  pings: PingEvidence[];
  metrics: MetricsEvidence[];
  /** What people were told: with its subject, what a chat got, and by what it could be filtered. */
  mails: {
    at: number;
    subject: string;
    message: string;
    https: string;
    attributes: Readonly<Record<string, string>>;
  }[];
  /** What dry runs said that a run would do, who was listed, and the page of the report: each by the run. */
  plans: Record<string, Plan>;
  manifests: Record<string, Manifest>;
  pages: Record<string, string>;
  /** What is written down of boots that are ours: the LaunchTime of each, by the object's key. */
  boots: Record<string, number>;
}
