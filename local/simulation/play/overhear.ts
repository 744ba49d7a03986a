import type { MetricsSink } from '../../../functions/runtime/metrics.ts';
import type { Account } from '../../account/account.ts';
import { isKilled } from '../../engine/lambda.ts';
import type { MetricsEvidence, PingEvidence } from '../evidence/overheard.ts';

/** What is heard while a simulation goes on, and stands in no journal. */
export interface Overhearing {
  pings: PingEvidence[];
  metrics: MetricsEvidence[];
  metricsOf(principal: string): MetricsSink;
}

/** Listens to the agents' pings and to what the functions measure; of a killed invocation nothing comes out. */
export function overhear({ world }: Account, instanceIds: string[]): Overhearing {
  const pings: PingEvidence[] = [];
  const metrics: MetricsEvidence[] = [];
  for (const instanceId of instanceIds) {
    const heard = world.machines.get(instanceId)?.agent.lastReport ?? null;
    if (heard !== null) pings.push({ at: heard.pingAt, instanceId, version: heard.version });
  }
  world.onPing = ({ id }, { pingAt, version }) => pings.push({ at: pingAt, instanceId: id, version });
  return {
    pings,
    metrics,
    metricsOf(principal) {
      let values: Record<string, number> = {};
      return {
        addMetric(name, _unit, value) {
          values[name] = value;
        },
        publishStoredMetrics() {
          if (!isKilled()) metrics.push({ at: Date.now(), principal, values });
          values = {};
        },
      };
    },
  };
}
