import { styleText } from 'node:util';
import { readFleet } from '../account/fleet/fleet.ts';
import type { ExecutionResult } from '../engine/model.ts';
import { checkPromises } from '../promises/promise-checks.ts';
import { simulate } from '../run/simulated-run.ts';
import { parseArguments, USAGE } from './demo-flags.ts';
import { createNarrator } from './narrator.ts';
import { printCost, printEquation, printPlan, printPromises, printReport } from './print.ts';

/** Where the demo writes, and when it is. */
export interface DemoOutput {
  out(text: string): void;
  error(text: string): void;
  columns: number | undefined;
  /** Where the person who typed the command is. */
  directory: string;
  /** Real time, for the duration: monotonic, in milliseconds. */
  elapsed(): number;
}

export const EXIT = { ok: 0, promiseBroken: 1, badInput: 2, badGroup: 3 } as const;

const BAD_INPUT = new Set(['InvalidInput', 'TooManyInstances', 'UnknownAgentVersion']);

const BAD_GROUP = new Set(['EmptyGroup', 'BrokenGroup']);

/** Lambda's cause is JSON; a person wants the message in it. */
function messageOf(cause: string): string {
  try {
    return (JSON.parse(cause) as { errorMessage?: string }).errorMessage ?? cause;
  } catch {
    return cause;
  }
}

function explainNoReport(execution: ExecutionResult, output: DemoOutput): number {
  if (execution.status !== 'FAILED') {
    output.error(`The run ended ${execution.status} without a report.`);
    return EXIT.promiseBroken;
  }
  output.error(`${execution.error}: ${messageOf(execution.cause)}`);
  if (BAD_GROUP.has(execution.error)) return EXIT.badGroup;
  return BAD_INPUT.has(execution.error) ? EXIT.badInput : EXIT.promiseBroken;
}

/** The demo command. @returns its exit code @throws BadInput if the flags or the fleet are wrong */
export async function demo(args: string[], output: DemoOutput): Promise<number> {
  const { fleet: path, seed, json, help, input } = parseArguments(args, output.directory);
  if (help) {
    output.out(USAGE);
    return EXIT.ok;
  }
  const fleet = readFleet(path);
  const narrate = createNarrator(fleet);
  const began = output.elapsed();
  const simulated = await simulate({
    fleet,
    seed,
    input,
    onEntry: (entry) => {
      const line = json ? null : narrate(entry);
      if (line !== null) output.out(line);
    },
  });
  const { report, plan, execution, account, before, intended } = simulated;
  if (plan !== null) {
    output.out(json ? JSON.stringify(plan, null, 2) : `\n${printPlan(plan, fleet, output.columns)}`);
    return EXIT.ok;
  }
  if (report === null) return explainNoReport(execution, output);

  const checks = checkPromises({ account, report, before, intended });
  const isKept = checks.every(({ broken }) => broken.length === 0);
  if (json) {
    output.out(JSON.stringify(report, null, 2));
    if (!isKept) output.error(printPromises(checks));
    return isKept ? EXIT.ok : EXIT.promiseBroken;
  }
  const status = report.status === 'succeeded' ? styleText('green', 'succeeded') : styleText('red', 'failed');
  output.out(`\n${printReport(report, fleet, output.columns)}`);
  output.out(`\nRun ${report.runId} ${status}. Target ${report.targetVersion}.`);
  output.out(`${printEquation(report.counts)}\n`);
  output.out(printPromises(checks));
  output.out(`\n${styleText('dim', printCost(simulated, output.elapsed() - began))}`);
  return isKept ? EXIT.ok : EXIT.promiseBroken;
}
