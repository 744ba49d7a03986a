import { createRandom, randomUuid } from '../base/random.ts';
import type { Definition, State } from './definition.ts';
import type { ExecutionRecord, MapRun, MapRunKeeper } from './model.ts';
import { whyNotRedrivable } from './redrivable.ts';

/** How many items a map has: its ItemsPath is a path of names, or the whole input. */
function countItems(itemsPath: unknown, input: unknown): number {
  const names = String(itemsPath ?? '$')
    .split('.')
    .slice(1);
  const items = names.reduce<unknown>((value, name) => (value as Record<string, unknown> | null)?.[name], input);
  return Array.isArray(items) ? items.length : 0;
}

interface Surroundings {
  record: ExecutionRecord;
  definition: Definition;
  stateMachineArn: string;
  /** A new one is there. */
  onMapRun(mapRun: MapRun): void;
  /** The map run, and not the child itself, has changed the status of this child. */
  onChild(child: ExecutionRecord): void;
}

/** Looks after the map runs of one execution; of each state there is at most one under way. */
export function keepMapRuns({ record, definition, stateMachineArn, onMapRun, onChild }: Surroundings) {
  const underWay = new Map<string, MapRun>();
  const latest = new Map<string, MapRun>();
  /** Children that wait for their turn to be redriven, each with its status until then. */
  const pending = new Map<ExecutionRecord, ExecutionRecord['status']>();
  let reopened: MapRun | undefined;

  const mapRunOf = (state: string): MapRun => {
    const known = underWay.get(state);
    if (known) return known;
    const {
      MaxConcurrency,
      ToleratedFailurePercentage,
      Label = state,
    }: Partial<State> = definition.States[state] ?? {};
    const id = randomUuid(createRandom(record.mapRuns.length, record.arn, state));
    const mapRun: MapRun = {
      arn: `${stateMachineArn.replace(':stateMachine:', ':mapRun:')}/${Label}:${id}`,
      executionArn: record.arn,
      stateMachineArn,
      status: 'RUNNING',
      startedAt: Date.now(),
      stoppedAt: null,
      redriveCount: 0,
      redrivenAt: null,
      itemCount: 0,
      maxConcurrency: Number(MaxConcurrency ?? 0),
      toleratedFailurePercentage: Number(ToleratedFailurePercentage ?? 0),
      children: [],
    };
    underWay.set(state, mapRun);
    latest.set(state, mapRun);
    record.mapRuns.push(mapRun);
    onMapRun(mapRun);
    return mapRun;
  };
  const end = (state: string, status: MapRun['status'], at: number) => {
    const mapRun = underWay.get(state);
    underWay.delete(state);
    if (mapRun === undefined) return;
    Object.assign(mapRun, { status, stoppedAt: at });
    for (const child of mapRun.children) {
      if (child.status !== 'PENDING_REDRIVE') continue;
      child.status = pending.get(child) ?? 'ABORTED';
      onChild(child);
    }
    pending.clear();
  };
  const keeper: MapRunKeeper = {
    begin(state, input, at) {
      const mapRun = mapRunOf(state);
      if (mapRun !== reopened) {
        mapRun.startedAt = at;
        mapRun.itemCount = countItems(definition.States[state]?.['ItemsPath'], input);
      }
      reopened = undefined;
      return mapRun;
    },
    end,
    abort(at) {
      const states = [...underWay.keys()];
      for (const state of states) end(state, 'ABORTED', at);
      return states.length > 0;
    },
  };
  /** A redriven execution goes on with the map run that it had (docs/aws-behaviour.md 48). */
  const reopen = (state: string) => {
    const mapRun = latest.get(state);
    if (mapRun === undefined) return;
    const { redriveCount } = mapRun;
    Object.assign(mapRun, {
      status: 'RUNNING',
      stoppedAt: null,
      redriveCount: redriveCount + 1,
      redrivenAt: Date.now(),
    });
    underWay.set(state, mapRun);
    reopened = mapRun;
    for (const child of mapRun.children) {
      if (whyNotRedrivable(child) !== null) continue;
      pending.set(child, child.status);
      child.status = 'PENDING_REDRIVE';
      onChild(child);
    }
  };
  return { keeper, mapRunOf, reopen };
}
