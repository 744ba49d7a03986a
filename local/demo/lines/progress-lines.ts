import type { Manifest } from '../../../functions/domain/listing/manifest.ts';
import { countsOf, timeOf } from './change-lines.ts';
import type { RunEvent } from './follow-run.ts';

const STEPS = ['asleep', 'booting', 'registering', 'updating', 'proving', 'going-back'] as const;
type Step = (typeof STEPS)[number];

const EVERY_MINUTES = 5;

/** While nothing changes, this often is enough to see that the run lives. */
const EVERY_MINUTES_AT_LEAST = 15;

const MINUTE_MILLISECONDS = 60_000;

/** To which step an event takes its instance. */
const STEP_AFTER: Partial<Record<RunEvent['kind'], Step>> = {
  woken: 'booting',
  running: 'registering',
  updating: 'updating',
  'update-ended': 'proving',
  'going-back': 'going-back',
};

/**
 * For a large fleet: one line each five minutes of the run, with how many instances are at each step.
 * @returns the lines that are due before an event; for the time between two events, give it the next
 */
export function createProgressLines(): (event: RunEvent) => string[] {
  const steps = new Map<string, Step>();
  let takingPart = 0;
  let failed = 0;
  let dueAt = Number.POSITIVE_INFINITY;
  let last = { at: 0, text: '' };

  function listed(at: number, { instances }: Manifest): string[] {
    for (const { instanceId, decision, originalState } of instances) {
      if (decision === 'take-part') steps.set(instanceId, originalState === 'running' ? 'registering' : 'asleep');
    }
    takingPart = steps.size;
    dueAt = at + EVERY_MINUTES * MINUTE_MILLISECONDS;
    return [`${timeOf(at)} listed   ${countsOf(instances)}`];
  }

  function progress(): string {
    const at = (step: Step) => [...steps.values()].filter((one) => one === step).length;
    const counts = STEPS.map((step) => `${step}=${at(step)}`).join(' ');
    return `done=${takingPart - steps.size}/${takingPart} failed=${failed} ${counts}`;
  }

  function due(until: number): string[] {
    const lines: string[] = [];
    for (; dueAt <= until; dueAt += EVERY_MINUTES * MINUTE_MILLISECONDS) {
      const text = progress();
      if (text === last.text && dueAt - last.at < EVERY_MINUTES_AT_LEAST * MINUTE_MILLISECONDS) continue;
      last = { at: dueAt, text };
      lines.push(`${timeOf(dueAt)} progress ${text}`);
    }
    return lines;
  }

  return (event) => {
    if (event.kind === 'listed') return listed(event.at, event.manifest);
    const lines = due(event.at);
    if (event.kind === 'settled') {
      if (event.instance.outcome === 'failed') failed += 1;
      steps.delete(event.instance.instanceId);
    } else {
      const step = STEP_AFTER[event.kind];
      if (step !== undefined && steps.has(event.instanceId)) steps.set(event.instanceId, step);
    }
    return lines;
  };
}
