import { type BehaviourName, behaviourNames } from '../../account/fleet/behaviours.ts';
import { tryAll } from '../trial/pool.ts';
import type { Verdict } from '../trial/verdict.ts';
import type { Output } from './summary.ts';

/** A quiet night that did not end as the table says, or broke a promise. */
export interface UnquietNight {
  behaviour: BehaviourName;
  complaints: string[];
}

const complaintsOf = ({ complaints }: Verdict): string[] =>
  complaints.map(({ promise, text }) => `${promise}: ${text}`);

/** Plays each behaviour alone, beside a healthy neighbour. @returns those that did not end as they should */
export async function runQuietNights(workers: number, output: Output): Promise<UnquietNight[]> {
  const unquiet: UnquietNight[] = [];
  let given = 0;
  let done = 0;
  await tryAll(
    { workers: Math.min(workers, behaviourNames.length) },
    () => {
      const behaviour = behaviourNames[given++];
      return behaviour === undefined ? null : { quietNight: behaviour };
    },
    (verdict, index) => {
      const complaints = complaintsOf(verdict);
      const behaviour = behaviourNames[index] as BehaviourName;
      if (complaints.length > 0) unquiet.push({ behaviour, complaints });
      output.progress(`${++done} of ${behaviourNames.length} quiet nights`);
      return true;
    },
  );
  return unquiet.sort((a, b) => behaviourNames.indexOf(a.behaviour) - behaviourNames.indexOf(b.behaviour));
}

export function printQuietNights(unquiet: UnquietNight[]): string {
  const count = behaviourNames.length;
  if (unquiet.length === 0) return `held    quiet nights: each of ${count} behaviours alone ends as the table says.`;
  return [
    `BROKEN  quiet nights: ${unquiet.length} of ${count} behaviours alone do not end as the table says.`,
    ...unquiet.flatMap(({ behaviour, complaints }) => complaints.map((text) => `  ${behaviour}: ${text}`)),
  ].join('\n');
}
