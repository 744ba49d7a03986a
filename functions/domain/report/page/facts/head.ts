import type { Language } from '../../../words/words.ts';
import { type Headline, pageHeadOf } from '../../headline.ts';
import { claimWayBack, type WayBackChecks, type WayBackClaim } from '../../way-back-claim.ts';
import type { Night } from './night.ts';
import type { PageReport } from './page-report.ts';

/** The run in a sentence, which is that of its message; with what ReconcileLeases has put back since. */
export function headOf({ report, afterRun }: Pick<Night, 'report' | 'afterRun'>, language: Language): Headline {
  const back = new Set(afterRun.filter(({ isBack }) => isBack).map(({ instance }) => instance.instanceId));
  const ended = afterRun.filter(({ isEnded }) => isEnded);
  const since = new Map(ended.map(({ instance, finalState }) => [instance.instanceId, finalState]));
  const instances = report.instances.map((one) => ({
    ...one,
    finalState: since.get(one.instanceId) ?? one.finalState,
  }));
  return pageHeadOf({ ...report, instances }, claimSince(instances, report.checks, back), language);
}

function claimSince(instances: PageReport['instances'], checks: PageReport['checks'], back: Set<string>): WayBackClaim {
  const since = (check: keyof WayBackChecks): WayBackChecks[keyof WayBackChecks] => {
    const { status, instances: broken } = checks?.[check] ?? UNCHECKED;
    const isMended = broken.length > 0 && broken.every((id) => back.has(id));
    return { status: isMended ? 'kept' : status };
  };
  const claim = claimWayBack(instances, {
    states: since('states'),
    leases: since('leases'),
    launchTimes: since('launchTimes'),
  });
  return claim.kind === 'all-back' && back.size > 0 ? { kind: 'back-late', count: back.size } : claim;
}

const UNCHECKED = { status: 'not-checked', instances: [] } as const;
