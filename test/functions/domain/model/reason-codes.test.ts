import { readdirSync, readFileSync } from 'node:fs';
import { failures } from '../../../../functions/domain/model/failure-codes.ts';
import {
  exclusions,
  handovers,
  type ReasonCode,
  reasonCodes,
  refusals,
  remarks,
  waits,
} from '../../../../functions/domain/model/reason-codes.ts';
import { behaviours } from '../../../../local/account/fleet/behaviours.ts';

const functions = new URL('../../../../functions/', `file://${__filename}`);
const TABLES = ['domain/model/reason-codes.ts', 'domain/model/failure-codes.ts'];
const deployed = readdirSync(functions, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts') && !TABLES.includes(file))
  .map((file) => readFileSync(new URL(file, functions), 'utf8').replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, ''));
const codes = Object.keys(reasonCodes) as ReasonCode[];

describe('the table of reason codes', () => {
  it.each(codes)('has %s because the code gives it as a reason', (code) => {
    expect(deployed.some((text) => text.includes(`'${code}'`))).toBe(true);
  });

  it('has each code once: what waits, what fails and what leaves out are told apart', () => {
    const parts = [exclusions, failures, handovers, remarks, waits, refusals].flatMap((part) => Object.keys(part));
    expect(new Set(parts).size).toBe(parts.length);
    expect(codes.sort()).toEqual(parts.sort());
  });

  it.each(codes)('says in sentences what %s means, in a cell of a table', (code) => {
    const { title: _, ...sentences } = reasonCodes[code];
    const said: string[] = Object.values(sentences).filter((value) => typeof value === 'string');
    expect(said.length).toBe(Object.hasOwn(waits, code) ? 1 : 2);
    for (const text of said) expect(text).toMatch(/^[A-Z][^|\n]{3,120}\.$/);
  });

  it.each(codes)('has a title of a few words for %s, without an end', (code) => {
    expect(reasonCodes[code].title).toMatch(/^[A-Z][^|\n]{2,38}[^|\n.]$/);
  });

  it('has no title twice: in a list they stand for their codes', () => {
    const titles = codes.map((code) => reasonCodes[code].title);
    expect(titles.filter((title, index) => titles.indexOf(title) !== index)).toEqual([]);
  });

  it('has every end that a behaviour of the embedded account leads to', () => {
    const ends = Object.values(behaviours).flatMap(({ ends: end }) => end.split(': ').slice(1));
    expect(ends.length).toBeGreaterThan(5);
    expect(ends.filter((code) => !Object.hasOwn(reasonCodes, code))).toEqual([]);
  });
});
