import type { Account } from '../account/account.ts';
import type { JournalEntry } from '../account/journal.ts';
import type { Execution, ExecutionResult, LocalStateMachine } from '../engine/state-machine.ts';
import type { Deed } from './scenario.ts';

type Phase = 'begin' | 'end' | 'interrupted';
export type ChangeFacts =
  | { about: 'state'; state: string; stateReasonCode: string | null; launchTime: number }
  | { about: 'gone' }
  | { about: 'agent'; phase: 'begin'; version: string }
  | { about: 'update'; phase: Phase; commandId: string | null; version: string; target?: string; result?: string }
  | { about: 'session'; phase: Phase; sessionId: string }
  | { about: 'command'; phase: Phase; commandId: string }
  | { about: 'association'; phase: Phase; associationId: string }
  | { about: 'tags'; tags: Readonly<Record<string, string>> };

type Change = Extract<JournalEntry, { kind: 'change' }>;

export function factsOf(change: Change): ChangeFacts | null {
  const { facts } = change as unknown as { facts?: ChangeFacts };
  if (facts !== undefined) return facts;
  const { what, detail } = change;
  if (what === 'state') {
    const [state = '', code] = detail.replace(')', '').split(' (');
    return { about: 'state', state, stateReasonCode: code ?? null, launchTime: 0 };
  }
  if (what === 'update' && detail.startsWith('in progress')) {
    return { about: 'update', phase: 'begin', commandId: '?', version: '' };
  }
  if (what === 'update') return { about: 'update', phase: 'end', commandId: '?', version: '' };
  if (detail.startsWith('an update of AWS')) return { about: 'update', phase: 'begin', commandId: null, version: '' };
  if (detail.startsWith('updated by AWS')) return { about: 'update', phase: 'end', commandId: null, version: '' };
  return null;
}

/** @returns whether there was anything to be done */
export function doDeed(account: Account, deed: Deed, instanceId: string, seconds: number): boolean {
  const machine = account.world.machines.get(instanceId);
  if (machine === undefined) return false;
  account.settle();
  const now = Date.now();
  if (deed === 'start' && machine.state === 'stopped') account.world.start(machine, now);
  else if (deed === 'stop' && machine.state === 'running') account.world.stop(machine, false, now);
  else if (deed === 'hibernate' && machine.state === 'running' && machine.hibernating)
    account.world.stop(machine, true, now);
  else return seconds < 0;
  return true;
}

export const timeOut = (execution: Execution): void => {
  const { timeOut: strike } = execution as { timeOut?: () => void };
  if (strike) strike();
};

export const redrive = (machine: LocalStateMachine, name: string): Execution | null =>
  (machine as { redrive?: (name: string) => Execution }).redrive?.(name) ?? null;

export type { ExecutionResult };
