import type { SimulateArguments } from '../arguments.ts';
import { EXIT, type Output } from '../main.ts';

export async function runPlanted(_arguments: SimulateArguments, output: Output): Promise<number> {
  output.error('not yet');
  return EXIT.badInput;
}
