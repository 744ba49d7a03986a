import type { MetricUnit } from '@aws-lambda-powertools/metrics';

/** The part of Powertools' Metrics that is used. */
export interface MetricsSink {
  addMetric(name: string, unit: (typeof MetricUnit)[keyof typeof MetricUnit], value: number): unknown;
  publishStoredMetrics(): void;
}
