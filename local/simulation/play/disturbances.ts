import type { Account } from '../../account/account.ts';
import type { Execution } from '../../engine/model.ts';
import { NotRedrivable } from '../../engine/redrivable.ts';
import type { LocalStateMachine } from '../../engine/state-machine.ts';
import type { Disturbance, ToolDeed } from '../scenario/scenario.ts';
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
 * @returns whether it made a difference, for how many seconds it goes on, when it began, if a person had to wait for the
 *   occasion, and which instances EC2 did not show meanwhile
 */
async function act(
  stage: Stage,
  disturbance: Disturbance,
): Promise<{ seconds: number; at?: number; struck?: string[] } | null> {
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
    case 'tool':
      doToAll(stage, disturbance);
      return null;
    case 'window':
      windows.open(disturbance);
      await pause(disturbance.seconds);
      windows.close(disturbance);
      return { seconds: 0 };
    case 'zone': {
      const zone = `${account.region}${disturbance.zone}`;
      const struck = [...account.world.machines.values()].filter((one) => one.zone === zone).map(({ id }) => id);
      return hide(stage, account.world.disturbedZones, { what: zone, struck, seconds: disturbance.seconds });
    }
    case 'forgotten': {
      const ids = [...account.world.machines.keys()];
      const what = ids[disturbance.place % ids.length];
      if (what === undefined) return null;
      return hide(stage, account.world.forgotten, { what, struck: [what], seconds: disturbance.seconds });
    }
    case 'events':
      reconciler.hold(disturbance.fate === 'lost' ? null : disturbance.seconds);
      notes.write(`events ${disturbance.fate}`, `for ${disturbance.seconds} s`);
      await pause(disturbance.seconds);
      reconciler.release();
      return { seconds: 0 };
  }
}

/** For so long EC2 says nothing of a zone, or does not know an ID. */
async function hide(
  { notes }: Stage,
  hidden: Set<string>,
  { what, struck, seconds }: { what: string; struck: string[]; seconds: number },
): Promise<{ seconds: number; struck: string[] }> {
  hidden.add(what);
  notes.write('EC2 does not show', `${what} for ${seconds} s`);
  await pause(seconds);
  hidden.delete(what);
  notes.write('EC2 shows again', what);
  return { seconds: 0, struck };
}

/** Each instance for which it made a difference is noted as if a person had done it there: the checkers know no other word for it. */
function doToAll(
  { account, before, done, notes }: Stage,
  { deed, atSeconds }: { deed: ToolDeed; atSeconds: number },
): void {
  const at = Date.now();
  for (const instanceId of before.keys()) {
    const isForAwake = deed === 'remove-lease';
    const isSkipped = isForAwake && !isAwake(account, instanceId);
    const isDifferent = !isSkipped && canDo(account, deed, instanceId);
    // EC2 takes the start of what is awake, and shows nothing of it.
    const isDone = !isSkipped && (isDifferent || !isForAwake) && doDeed(account, deed, instanceId, 0);
    if (!isDone || !isDifferent) continue;
    notes.write(`tool ${deed}`, instanceId);
    done.push({ at, until: at, disturbance: { kind: 'person', atSeconds, deed, instanceId, seconds: 0 } });
  }
}

const isAwake = ({ world }: Account, instanceId: string): boolean =>
  AWAKE.has(world.machines.get(instanceId)?.state ?? '');

const AWAKE = new Set(['pending', 'running']);

/** Lets a disturbance come when its time has come, and notes it if it makes a difference. */
export async function disturb(stage: Stage, disturbance: Disturbance): Promise<void> {
  await pause(disturbance.atSeconds);
  const began = Date.now();
  const done = await act(stage, disturbance);
  if (done !== null) {
    const { seconds, at = began, struck } = done;
    stage.done.push({ at, until: Date.now() + seconds * 1000, disturbance, ...(struck && { struck }) });
  }
}
