import type { Boot, Evidence, ExecutionEvidence } from './evidence.ts';

/** As deployed by default (template.yaml). */
const DEFAULTS = { WindowSeconds: 4 * 3600, RestoreDeadlineSeconds: 1800 };

const HARD_DEADLINE_SECONDS = 45 * 60;

/** A boot, an update and the restoring: what one instance needs at least. */
const BOOT_SECONDS = 10 * 60;

const seconds = ({ parameters }: Evidence, name: keyof typeof DEFAULTS): number =>
  Number(parameters[name] ?? DEFAULTS[name]);

/** The moment that an input's finishBy means; every simulation is deployed with a schedule in UTC. NaN: none. */
export function finishBy({ input, startedAt }: ExecutionEvidence): number {
  const text = String(input['finishBy']);
  if (!/^\d\d:\d\d$/.test(text)) return Date.parse(text);
  const today = Date.parse(`${new Date(startedAt).toISOString().slice(0, 10)}T${text}Z`);
  return today > startedAt ? today : today + 24 * 3600 * 1000;
}

/** When a run may send and stop last, by its input and its deployment. */
export function endsOf(evidence: Evidence, execution: ExecutionEvidence): { sendUntil: number; stopUntil: number } {
  const window = execution.startedAt + seconds(evidence, 'WindowSeconds') * 1000;
  const wanted = finishBy(execution);
  const stopUntil = Number.isNaN(wanted) ? window : Math.min(window, wanted);
  const kept = HARD_DEADLINE_SECONDS + seconds(evidence, 'RestoreDeadlineSeconds');
  return { sendUntil: stopUntil - kept * 1000, stopUntil };
}

/** The last moment at which it may wake an instance. */
export const wakeUntil = (evidence: Evidence, execution: ExecutionEvidence): number =>
  endsOf(evidence, execution).sendUntil - BOOT_SECONDS * 1000;

const runOf = ({ executions }: Evidence, runId: string): ExecutionEvidence | undefined =>
  executions.find(({ name }) => name === runId);

/** When the run that caused this boot may stop it last; infinity: no run did. */
export function stopUntil(evidence: Evidence, { runId }: Pick<Boot, 'runId'>): number {
  const run = runOf(evidence, runId);
  return run === undefined ? Number.POSITIVE_INFINITY : endsOf(evidence, run).stopUntil;
}

/** When the run of this name may send last; infinity: it is unknown. */
export function sendUntil(evidence: Evidence, runId: string): number {
  const run = runOf(evidence, runId);
  return run === undefined ? Number.POSITIVE_INFINITY : endsOf(evidence, run).sendUntil;
}
