import { compareVersions } from '../../../functions/domain/model/agent-version.ts';
import type { BehaviourName } from '../fleet/behaviours.ts';
import type { Timing } from '../fleet/platforms.ts';
import { haltAgent, restartAgent } from './agent.ts';
import { type Activity, draw, has, type Machine } from './machine.ts';
import type { InvocationEnd, World, WorldCommand, WorldInvocation } from './model.ts';
import { type Ending, output } from './updater.ts';

/** A command that an agent has taken. */
interface Taken {
  machine: Machine;
  command: WorldCommand;
  invocation: WorldInvocation;
  end(how: InvocationEnd, at: number): void;
}

interface Beat {
  after: keyof Timing;
  effect: 'take' | 'halt' | 'install' | 'roll-back' | 'succeed' | 'fail';
}

/** What an update does in time, by how it ends. `take` is the agent's first sign: Pending -> InProgress. */
const scripts: Record<Ending, Beat[]> = {
  updated: [
    { after: 'deliverySeconds', effect: 'take' },
    { after: 'installSeconds', effect: 'halt' },
    { after: 'restartSeconds', effect: 'install' },
    { after: 'replySeconds', effect: 'succeed' },
  ],
  'already-installed': [
    { after: 'deliverySeconds', effect: 'take' },
    { after: 'replySeconds', effect: 'succeed' },
  ],
  busy: [
    { after: 'deliverySeconds', effect: 'take' },
    { after: 'replySeconds', effect: 'fail' },
  ],
  'downgrade-refused': [
    { after: 'deliverySeconds', effect: 'take' },
    { after: 'replySeconds', effect: 'fail' },
  ],
  'not-in-manifest': [
    { after: 'deliverySeconds', effect: 'take' },
    { after: 'replySeconds', effect: 'fail' },
  ],
  'install-failed': [
    { after: 'deliverySeconds', effect: 'take' },
    { after: 'failSeconds', effect: 'fail' },
  ],
  'rolled-back': [
    { after: 'deliverySeconds', effect: 'take' },
    { after: 'installSeconds', effect: 'halt' },
    { after: 'rollbackSeconds', effect: 'roll-back' },
    { after: 'replySeconds', effect: 'fail' },
  ],
  // Its install script stops the agent, and starts the one that is there.
  'package-locked': [
    { after: 'deliverySeconds', effect: 'take' },
    { after: 'installSeconds', effect: 'halt' },
    { after: 'rollbackSeconds', effect: 'roll-back' },
    { after: 'replySeconds', effect: 'fail' },
  ],
  // The agent does not come up again before the next boot, but its worker has the last word.
  'rollback-failed': [
    { after: 'deliverySeconds', effect: 'take' },
    { after: 'installSeconds', effect: 'halt' },
    { after: 'rollbackSeconds', effect: 'fail' },
  ],
  'updater-died': [
    { after: 'deliverySeconds', effect: 'take' },
    { after: 'replySeconds', effect: 'fail' },
  ],
  'no-disk-space': [
    { after: 'deliverySeconds', effect: 'take' },
    { after: 'replySeconds', effect: 'fail' },
  ],
  'not-downloaded': [
    { after: 'deliverySeconds', effect: 'take' },
    { after: 'replySeconds', effect: 'fail' },
  ],
  'not-active': [
    { after: 'deliverySeconds', effect: 'take' },
    { after: 'replySeconds', effect: 'succeed' },
  ],
  hung: [{ after: 'deliverySeconds', effect: 'take' }],
  // No agent is there to take it.
  undelivered: [],
};

/** How this machine's agent takes this update, decided at the moment when it takes it. */
function endingFor(world: World, machine: Machine, target: string, at: number): Ending {
  const { agent } = machine;
  if (agent.lock !== null) return 'busy';
  const order = compareVersions(target, agent.version);
  if (order === 0) return 'already-installed';
  if (order < 0) return 'downgrade-refused';
  if (compareVersions(target, world.latestVersion) > 0) return 'not-in-manifest';
  const ending = endings.find(({ when }) => has(machine, when))?.ending ?? 'updated';
  if (!PASSING.has(ending)) return ending;
  machine.hindranceUntil ??= at + machine.random.between(HINDRANCE_SECONDS) * 1000;
  return at < machine.hindranceUntil ? ending : 'updated';
}

/** What hinders only the first update, for so long from when that is taken. */
const PASSING: ReadonlySet<Ending> = new Set(['not-downloaded', 'package-locked']);

const HINDRANCE_SECONDS = [30, 90] as const;

/** How an update ends that has begun, by behaviour. */
const endings: readonly { when: BehaviourName; ending: Ending }[] = [
  { when: 'disk-full', ending: 'no-disk-space' },
  { when: 'updater-dies', ending: 'updater-died' },
  { when: 'target-inactive', ending: 'not-active' },
  { when: 'update-fails', ending: 'install-failed' },
  { when: 'skipped-step', ending: 'install-failed' },
  { when: 'update-rolls-back', ending: 'rolled-back' },
  { when: 'rollback-fails', ending: 'rollback-failed' },
  { when: 'update-hangs', ending: 'hung' },
  { when: 'unknown-system', ending: 'not-in-manifest' },
  { when: 'proxy-not-up', ending: 'not-downloaded' },
  { when: 'package-database-locked', ending: 'package-locked' },
];

/** The package manager puts its own version back, before the agent has pinged with the new one (docs/aws-behaviour.md 10). */
function putBack(world: World, machine: Machine, at: number): void {
  Object.assign(machine.agent, { version: PACKAGED_VERSION, running: PACKAGED_VERSION });
  world.change(machine, at, {
    what: 'agent',
    detail: `refreshed to ${PACKAGED_VERSION}`,
    facts: { about: 'agent', phase: 'begin', version: PACKAGED_VERSION },
  });
}

const PACKAGED_VERSION = '3.0.1390.0';

/** The updates that hold the agent's lock until they end. */
const LOCKING: ReadonlySet<Ending> = new Set([
  'updated',
  'rolled-back',
  'rollback-failed',
  'install-failed',
  'package-locked',
]);

/** AWS-UpdateSSMAgent on a machine whose agent has just taken it. */
export function updateAgent(world: World, { machine, command, invocation, end: finish }: Taken, at: number): void {
  const { agent } = machine;
  const { runsSeconds } = command;
  const target = command.parameters['version']?.[0] ?? world.latestVersion;
  const ending = endingFor(world, machine, target, at);
  const source = agent.version;
  const holdsLock = LOCKING.has(ending);
  if (holdsLock) agent.lock = command.id;
  const [, ...beats] = scripts[ending];
  const about = { about: 'update', commandId: command.id } as const;
  const activity: Activity = {
    interrupt(moment) {
      const facts = { ...about, phase: 'interrupted', version: agent.version } as const;
      world.change(machine, moment, { what: 'update', detail: `interrupted: ${source} -> ${target}`, facts });
    },
  };
  machine.activities.add(activity);
  const begun = { ...about, phase: 'begin', version: source, target } as const;
  world.change(machine, at, { what: 'update', detail: `in progress: ${source} -> ${target}`, facts: begun });

  const end = (moment: number, effect: 'succeed' | 'fail') => {
    if (holdsLock) agent.lock = null;
    machine.activities.delete(activity);
    if (effect === 'succeed' && ending === 'updated' && has(machine, 'agent-lost')) haltAgent(machine);
    if (effect === 'succeed' && ending === 'updated' && has(machine, 'older-again')) putBack(world, machine, moment);
    const ended = { ...about, phase: 'end', version: agent.version, result: ending } as const;
    // Cancelled or given up meanwhile: the command does not tell of this end.
    if (invocation.endedAt !== null) {
      world.change(machine, moment, { what: 'update', detail: `ended unheard: ${ending}`, facts: ended });
      return;
    }
    const status = effect === 'succeed' ? 'Success' : 'Failed';
    const { packageFile } = machine.platform;
    const { stdout, stderr } = output(ending, { source, target, region: world.region, packageFile });
    const responseCode = effect === 'succeed' ? 0 : 1;
    finish({ status, statusDetails: status, stdout, stderr, responseCode }, moment);
    const detail = `${status}: ${(stderr || stdout).trim().split('\n').at(-1)}`;
    world.change(machine, moment, { what: 'update', detail, facts: ended });
  };
  const play = ([beat, ...rest]: Beat[], from: number): void => {
    if (beat === undefined) return;
    // Someone else's update may take its time.
    const seconds = beat.after === 'installSeconds' && runsSeconds > 0 ? runsSeconds : draw(machine, beat.after);
    world.later(machine, from, seconds, (moment) => {
      if (beat.effect === 'halt') haltAgent(machine);
      if (beat.effect === 'install') restartAgent(world, machine, target, moment);
      if (beat.effect === 'roll-back') restartAgent(world, machine, source, moment);
      if (beat.effect === 'succeed' || beat.effect === 'fail') end(moment, beat.effect);
      play(rest, moment);
    });
  };
  play(beats, at);
}
