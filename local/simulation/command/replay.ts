import { judge } from '../checkers/all-checkers.ts';
import { drawScenario } from '../draw/draw-scenario.ts';
import { play } from '../play/play.ts';
import { describeEnd, describeScenario, tell } from './narrative.ts';
import { EXIT, type Output } from './summary.ts';

/** Tells one seed's story: what it consists of, what happened call by call, and what broke. */
export async function replay(seed: number, json: boolean, { out }: Output): Promise<number> {
  const scenario = drawScenario(seed);
  const played = await play(scenario);
  const complaints = judge(played.evidence);
  if (json) out(JSON.stringify({ scenario, complaints, evidence: played.evidence }, null, 2));
  else {
    out([...describeScenario(scenario), '', ...tell(played, false), '', ...describeEnd(played)].join('\n'));
    const broken = complaints.map(({ promise, text }) => `BROKEN ${promise}: ${text}`);
    out(broken.length === 0 ? 'Every promise held.' : broken.join('\n'));
  }
  return complaints.length === 0 ? EXIT.ok : EXIT.promiseBroken;
}
