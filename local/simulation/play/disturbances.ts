import type { Execution } from '../../engine/model.ts';
import { NotRedrivable } from '../../engine/redrivable.ts';
import type { LocalStateMachine } from '../../engine/state-machine.ts';
import type { Disturbance } from '../scenario/scenario.ts';
import { canDo, doDeed } from './deeds.ts';
import type { Ongoing, Stage } from './stage.ts';

/** A person who can't do it yet comes back later, and gives it up in the end. */
const LOOK_EVERY_SECONDS = 7;

const PATIENCE_SECONDS = 900;

const pause = (seconds: number) => new Promise<void>((resolve) => setTimeout(resolve, seconds * 1000));

/** Looks again and again, until it holds or patience ends. */
async function waitFor(holds: () => boolean): Promise<void> {
  for (let waited = 0; waited < PATIENCE_SECONDS && !holds(); waited += LOOK_EVERY_SECONDS) {
    await pause(LOOK_EVERY_SECONDS);
  }
}

/** The execution, if it is still running. */
const running = (ongoing: Ongoing | undefined): Ongoing | null => (ongoing?.endedAt === null ? ongoing : null);

/** Null: it can't be redriven (any more). */
function redriven(machine: LocalStateMachine, name: string): Execution | null {
  try {
    return machine.redrive(name);
  } catch (error) {
    if (error instanceof NotRedrivable) return null;
    throw error;
  }
}

/**
 * Does what a disturbance says.
 * @returns whether it made a difference, for how many seconds it goes on, and when it began, if a person had to wait for the
 *   occasion
 */
async function act(stage: Stage, disturbance: Disturbance): Promise<{ seconds: number; at?: number } | null> {
  const { account, executions, machine, notes, reconciler, windows } = stage;
  switch (disturbance.kind) {
    case 'abort':
    case 'time-out': {
      const ongoing = running(executions[disturbance.execution]);
      if (ongoing === null) return null;
      notes.write(disturbance.kind, ongoing.name);
      if (disturbance.kind === 'abort') ongoing.execution.abort();
      else ongoing.execution.timeOut();
      return { seconds: 0 };
    }
    case 'abort-child': {
      const ongoing = running(executions[disturbance.execution]);
      if (ongoing === null) return null;
      const children = machine
        .record()
        .list()
        .flatMap(({ arn, mapRuns }) => (arn === ongoing.execution.arn ? mapRuns : []));
      const child = children.flatMap((mapRun) => mapRun.children)[disturbance.child];
      if (child === undefined || child.status !== 'RUNNING') return null;
      notes.write('abort-child', `${ongoing.name}: ${child.name}`);
      await child.stop();
      return { seconds: 0 };
    }
    case 'redrive': {
      const ongoing = executions[disturbance.execution];
      if (ongoing === undefined || ongoing.result === null || ongoing.result.status === 'SUCCEEDED') return null;
      const execution = redriven(machine, ongoing.name);
      if (execution === null) return null;
      notes.write('redrive', ongoing.name);
      Object.assign(ongoing, { execution, endedAt: null, result: null });
      ongoing.lives.push({ from: Date.now(), to: null });
      stage.follow(ongoing);
      return { seconds: 0 };
    }
    case 'person': {
      const { deed, instanceId, seconds } = disturbance;
      await waitFor(() => canDo(account, deed, instanceId));
      const at = Date.now();
      if (!doDeed(account, deed, instanceId, seconds)) return null;
      notes.write(`person ${deed}`, instanceId);
      if (deed === 'restart') {
        await waitFor(() => canDo(account, 'start', instanceId));
        doDeed(account, 'start', instanceId, seconds);
      }
      return { seconds, at };
    }
    case 'window':
      windows.open(disturbance);
      await pause(disturbance.seconds);
      windows.close(disturbance);
      return { seconds: 0 };
    case 'events':
      reconciler.hold(disturbance.fate === 'lost' ? null : disturbance.seconds);
      notes.write(`events ${disturbance.fate}`, `for ${disturbance.seconds} s`);
      await pause(disturbance.seconds);
      reconciler.release();
      return { seconds: 0 };
  }
}

/** Lets a disturbance come when its time has come, and notes it if it makes a difference. */
export async function disturb(stage: Stage, disturbance: Disturbance): Promise<void> {
  await pause(disturbance.atSeconds);
  const began = Date.now();
  const done = await act(stage, disturbance);
  if (done !== null) {
    stage.done.push({ at: done.at ?? began, until: Date.now() + done.seconds * 1000, disturbance });
  }
}
