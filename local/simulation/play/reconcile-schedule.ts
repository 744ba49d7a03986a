import type { Random } from '../../base/random.ts';
import { invokeAsync } from '../../engine/async-invocation.ts';
import type { LocalStateMachine } from '../../engine/state-machine.ts';
import type { Notes } from './notes.ts';

const FUNCTION = 'ReconcileLeasesFunction';

export const RECONCILE_EVERY_SECONDS = 5 * 60;

/** EventBridge tells within seconds. */
const EVENT_SECONDS = [1, 10] as const;

/** What the rule of template.yaml wants to hear of. */
const BAD_ENDS = new Set(['FAILED', 'TIMED_OUT', 'ABORTED']);

export interface Reconciler {
  /** From now on, for so long, words are lost (null) or come so much later. */
  hold(delaySeconds: number | null): void;
  release(): void;
  isBusy(): boolean;
  stop(): void;
}

/** Invokes ReconcileLeases as AWS does: on the word of EventBridge, and every five minutes. */
export function createReconciler(options: { machine: LocalStateMachine; notes: Notes; random: Random }): Reconciler {
  const { machine, notes, random } = options;
  const lambda = machine.functions[FUNCTION];
  let held: { delaySeconds: number | null } = { delaySeconds: 0 };
  let underWay = 0;

  async function invoke(event: unknown): Promise<void> {
    if (lambda === undefined) return;
    underWay++;
    const outcome = await invokeAsync(lambda, event, random);
    if ('error' in outcome) notes.write('reconciler gives up', outcome.error.name);
    underWay--;
  }

  machine.onStatusChange(({ isChild, status, executionArn, stateMachineArn, name }) => {
    if (isChild || !BAD_ENDS.has(status)) return;
    const afterSeconds = random.between(EVENT_SECONDS);
    const { delaySeconds } = held;
    if (delaySeconds === null) return notes.write('event lost', name);
    const detail = { executionArn, stateMachineArn, status, name };
    const event = { 'detail-type': 'Step Functions Execution Status Change', source: 'aws.states', detail };
    setTimeout(() => void invoke(event), (afterSeconds + delaySeconds) * 1000);
  });

  const offset = random.integer([0, RECONCILE_EVERY_SECONDS - 1]);
  const schedule = () => {
    void invoke({ trigger: 'schedule' });
    timer = setTimeout(schedule, RECONCILE_EVERY_SECONDS * 1000);
  };
  let timer = setTimeout(schedule, offset * 1000);

  return {
    hold: (delaySeconds) => {
      held = { delaySeconds };
    },
    release: () => {
      held = { delaySeconds: 0 };
    },
    isBusy: () => underWay > 0,
    stop: () => clearTimeout(timer),
  };
}
