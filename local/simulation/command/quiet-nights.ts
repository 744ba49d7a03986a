import { behaviourNames } from '../../account/fleet/behaviours.ts';
import { drawHealthyNights } from '../draw/healthy-nights.ts';
import type { Task } from '../scenario/scenario.ts';
import { tryAll } from '../trial/pool.ts';
import type { Verdict } from '../trial/verdict.ts';
import type { Output } from './summary.ts';

/** A quiet night that did not end as the table says, or broke a promise. */
export interface UnquietNight {
  night: string;
  complaints: string[];
}

const complaintsOf = ({ complaints }: Verdict): string[] =>
  complaints.map(({ promise, text }) => `${promise}: ${text}`);

/**
 * Plays each behaviour alone, beside a healthy neighbour, and so many nights of healthy fleets.
 * @returns those that did not end as they should
 */
export async function runQuietNights(healthy: number, workers: number, output: Output): Promise<UnquietNight[]> {
  const nights: { name: string; task: Task }[] = [
    ...behaviourNames.map((name) => ({ name: `behaviour ${name}`, task: { quietNight: name } })),
    ...drawHealthyNights(healthy).map((task) => ({ name: `seed ${task.seed}, ${task.drawnAs}`, task })),
  ];
  const complaints: string[][] = [];
  let given = 0;
  let done = 0;
  await tryAll(
    { workers: Math.min(workers, nights.length) },
    () => nights[given++]?.task ?? null,
    (verdict, index) => {
      complaints[index] = complaintsOf(verdict);
      output.progress(`${++done} of ${nights.length} quiet nights`);
      return true;
    },
  );
  return nights
    .map(({ name }, index) => ({ night: name, complaints: complaints[index] ?? [] }))
    .filter((one) => one.complaints.length > 0);
}

export function printQuietNights(healthy: number, unquiet: UnquietNight[]): string {
  const what = `each of ${behaviourNames.length} behaviours alone, and ${healthy} nights of healthy fleets`;
  if (unquiet.length === 0) return `held    quiet nights: ${what}, end as they should.`;
  return [
    `BROKEN  quiet nights: of ${what}, ${unquiet.length} do not end as they should.`,
    ...unquiet.flatMap(({ night, complaints }) => complaints.map((text) => `  ${night}: ${text}`)),
  ].join('\n');
}
