import { readdirSync, readFileSync } from 'node:fs';
import {
  exclusions,
  failures,
  handovers,
  refusals,
  remarks,
  waits,
} from '../../../../functions/domain/model/reason-codes.ts';
import { behaviours } from '../../../../local/account/fleet/behaviours.ts';

const functions = new URL('../../../../functions/', `file://${__filename}`);
const deployed = readdirSync(functions, { recursive: true, encoding: 'utf8' })
  .filter(
    (file) => file.endsWith('.ts') && file !== 'domain/model/reason-codes.ts' && !file.startsWith('domain/words/'),
  )
  .map((file) => readFileSync(new URL(file, functions), 'utf8').replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, ''));
const codes = [
  ...[failures, waits, refusals].flat(),
  ...[exclusions, handovers, remarks].flatMap((table) => Object.keys(table)),
];

describe('the table of reason codes', () => {
  it.each(codes)('has %s because the code gives it as a reason', (code) => {
    expect(deployed.some((text) => text.includes(`'${code}'`))).toBe(true);
  });

  it('has each code once: what waits, what fails and what leaves out are told apart', () => {
    expect(codes.filter((code, index) => codes.indexOf(code) !== index)).toEqual([]);
  });

  it('has every end that a behaviour of the embedded account leads to', () => {
    const ends = Object.values(behaviours).flatMap(({ ends: end }) => end.split(': ').slice(1));
    expect(ends.length).toBeGreaterThan(5);
    expect(ends.filter((code) => !codes.includes(code))).toEqual([]);
  });
});
