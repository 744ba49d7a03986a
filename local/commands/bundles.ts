import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { Account } from '../account/account.ts';
import { runCommand } from '../base/command-line.ts';
import { type FunctionProcess, startFunction } from '../bundles/function-process.ts';
import { scenes } from '../bundles/sample-scenes.ts';
import { samples } from '../bundles/samples.ts';
import type { Scene } from '../bundles/scene.ts';
import { callsSince, openAccount } from '../bundles/served-account.ts';

/**
 * Simulated seconds a second. The samples span seven minutes, and StartInstances has one of them to do its work in: two
 * seconds for what takes a third of one.
 */
const SPEED = 30;

/** The processes are loaded before the run of the samples begins: this much of the account's time. */
const LEAD_MILLISECONDS = 90_000;

/** In the account's time: nothing in the story takes longer. */
const WAIT_MILLISECONDS_MAX = 15 * 60_000;

/** Of what an assertion has to say. */
const ERROR_LINES_MAX = 15;

const print = (text: string) => process.stdout.write(`${text}\n`);

const column = (logicalId: string) => logicalId.padEnd(26);

/** Waits in the account's time: its clock has replaced this process's. @throws if the account never becomes so */
async function until(account: Account, isTime: (now: number) => boolean): Promise<void> {
  const deadline = Date.now() + WAIT_MILLISECONDS_MAX;
  while (!isTime(Date.now())) {
    if (Date.now() > deadline) throw new Error('the account never became what the sample says');
    await new Promise((resolve) => setTimeout(resolve, 1000));
    // Nothing happens in it unless it is asked.
    account.settle();
  }
}

/** Calls a function at its moment, and checks what it answers, what it has called, and what it has left behind. */
async function play(account: Account, scene: Scene, called: FunctionProcess, replies: unknown[]): Promise<string> {
  await until(account, (now) => now >= Date.parse(scene.notBefore) && (scene.isTime?.(account, now) ?? true));
  const first = account.journal.entries.length;
  const at = new Date().toISOString().slice(11, 19);
  const reply = await called.invoke(scene.event(replies), scene.requestId ?? randomUUID());
  replies.push(reply);
  scene.check(reply, account);
  const calls = callsSince(account, first, scene.logicalId);
  assert.deepEqual(calls, isDeepStrictEqual(calls, scene.orCalls) ? scene.orCalls : scene.calls);
  return `${at}  ${calls.map((call) => call.replace(/^.*:/, '')).join(', ')}`;
}

/** @returns how many scenes failed, or could not be played */
async function tellStory(account: Account, processes: Map<string, FunctionProcess>): Promise<number> {
  const replies: unknown[] = [];
  let failed = 0;
  for (const scene of scenes) {
    const called = processes.get(scene.logicalId);
    // Each sample stands on what the ones before have done.
    if (failed > 0 || called === undefined) {
      failed++;
      print(
        `${column(scene.logicalId)}NOT CALLED: ${called === undefined ? 'it is not loaded' : 'one before it failed'}`,
      );
      continue;
    }
    try {
      print(`${column(scene.logicalId)}passed  ${await play(account, scene, called, replies)}`);
    } catch (error) {
      failed++;
      print(`${column(scene.logicalId)}FAILED: ${String(error).split('\n').slice(0, ERROR_LINES_MAX).join('\n    ')}`);
    }
  }
  return failed;
}

async function main(): Promise<number> {
  const start = new Date(Date.parse(samples.list.startedAt) - LEAD_MILLISECONDS);
  const { account, built, environmentOf, close } = await openAccount(start, SPEED);
  const processes = new Map<string, FunctionProcess>();
  try {
    const load = built.map(async (one) => processes.set(one.logicalId, await startFunction(one, environmentOf(one))));
    // All of them: one that can't be loaded must not leave the others behind when it ends the whole.
    const unloaded = (await Promise.allSettled(load)).flatMap((one) => (one.status === 'rejected' ? [one.reason] : []));
    for (const reason of unloaded) print(`FAILED to load: ${reason}`);
    const failed = await tellStory(account, processes);
    const untold = built.filter(({ logicalId }) => !scenes.some((scene) => scene.logicalId === logicalId));
    for (const { logicalId } of untold) print(`${column(logicalId)}NOT CALLED: no sample is for it`);
    print(`\n${scenes.length - failed} passed, ${failed + untold.length} failed`);
    return failed + untold.length === 0 ? 0 : 1;
  } finally {
    await Promise.all([...processes.values()].map((one) => one.end()));
    await close();
  }
}

await runCommand(main);
