import type { Definition } from './definition.ts';
import type { Execution, ExecutionResult, Recorder } from './model.ts';

/** A state that was entered, and with what. */
export interface Position {
  state: string;
  input: unknown;
}

/** One execution, or one child of a distributed map, with all its tries. */
export interface Life {
  arn: string;
  name: string;
  /** Of a child: with the label of its map behind it. */
  stateMachineArn: string;
  definition: Definition;
  input: unknown;
  startedAt: number;
  /** Where it is, or where it ended: there a redrive goes on. */
  position: Position;
  /** Its latest try. */
  execution: Execution | null;
  /** How that ended. */
  result: ExecutionResult | null;
  /** The items of its distributed maps, by state. */
  itemsOf: Map<string, Items>;
  recorder: Recorder | undefined;
  historyLength: number;
}

/** The first try of an execution, or a redrive. */
export interface Try {
  life: Life;
  hasEnded: boolean;
  /** When the state machine's own time-out strikes; milliseconds since the epoch. */
  deadline: number;
  children: Execution[];
  /** The map whose items it goes on with. */
  resumedMap: string | null;
}

/** The items of a distributed map, as far as they have been begun. */
export interface Items {
  lives: Map<number, Life>;
  executions: Execution[];
  failures: number;
  hasFailed: boolean;
}

/** In AWS nothing is called after the end; the interpreter does call, e.g. for a retry that an abort woke. */
export const isOver = ({ hasEnded, deadline }: Try): boolean => hasEnded || Date.now() >= deadline;

/** The items of a map: its first item makes the list; the first one of a redrive goes on with the list that there was. */
export function itemsOf(one: Try, state: string, index: number): Items {
  const known = one.life.itemsOf.get(state);
  if (known && index > 0) return known;
  const lives = known && one.resumedMap === state ? known.lives : new Map<number, Life>();
  one.resumedMap = null;
  const items = { lives, executions: [], failures: 0, hasFailed: false };
  one.life.itemsOf.set(state, items);
  return items;
}
