import type { Random } from '../account/random.ts';
import { runHandler } from '../engine/lambda.ts';
import type { LocalStateMachine } from '../engine/state-machine.ts';
import type { Notes } from './notes.ts';

const FUNCTION = 'ReconcileLeasesFunction';
export const RECONCILE_EVERY_SECONDS = 15 * 60;
/** Lambda tries an asynchronous invocation that has failed again after these (docs/aws-behaviour.md 43). */
const RETRY_AFTER_SECONDS = [60, 120];

/** How an execution ended, as EventBridge tells it. */
export interface EndedExecution {
  executionArn: string;
  name: string;
  status: string;
}

export interface Reconciler {
  /** EventBridge's word of an ended execution; it may be lost or late. */
  tell(ended: EndedExecution, afterSeconds: number): void;
  /** From now on, for so long, words are lost (null) or come so much later. */
  hold(delaySeconds: number | null): void;
  release(): void;
  isBusy(): boolean;
  stop(): void;
}

const pause = (seconds: number) => new Promise<void>((resolve) => setTimeout(resolve, seconds * 1000));

/** Invokes ReconcileLeases as AWS does: on the word of EventBridge, and every quarter of an hour. */
export function createReconciler(options: { machine: LocalStateMachine; notes: Notes; random: Random }): Reconciler {
  const { machine, notes, random } = options;
  const lambda = machine.functions[FUNCTION];
  let held: { delaySeconds: number | null } = { delaySeconds: 0 };
  let underWay = 0;

  async function invoke(event: unknown): Promise<void> {
    if (lambda === undefined) return;
    underWay++;
    for (const retryAfterSeconds of [...RETRY_AFTER_SECONDS, null]) {
      try {
        await runHandler(lambda, JSON.parse(JSON.stringify(event)), random);
        break;
      } catch (error) {
        notes.write('reconciler fails', (error as Error).name);
        if (retryAfterSeconds !== null) await pause(retryAfterSeconds);
      }
    }
    underWay--;
  }

  const offset = random.integer([0, RECONCILE_EVERY_SECONDS - 1]);
  const schedule = () => {
    void invoke({ trigger: 'schedule' });
    timer = setTimeout(schedule, RECONCILE_EVERY_SECONDS * 1000);
  };
  let timer = setTimeout(schedule, offset * 1000);

  return {
    tell(ended, afterSeconds) {
      const { delaySeconds } = held;
      if (delaySeconds === null) return notes.write('event lost', ended.name);
      const detail = { ...ended, stateMachineArn: machine.arn };
      const event = { 'detail-type': 'Step Functions Execution Status Change', source: 'aws.states', detail };
      setTimeout(() => void invoke(event), (afterSeconds + delaySeconds) * 1000);
    },
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
