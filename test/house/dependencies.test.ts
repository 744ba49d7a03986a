import { readFileSync } from 'node:fs';

interface Locked {
  engines?: { node?: string };
  optional?: boolean;
}

const root = new URL('../../', `file://${__filename}`);
const { packages } = JSON.parse(readFileSync(new URL('package-lock.json', root), 'utf8')) as {
  packages: Record<string, Locked>;
};

/** The oldest node on which npm may run here, as package.json says. */
const NPM_ON_NODE = 20;

/** Whether a range of versions such as `^20.17.0 || >=22` has a part for that node. */
const allows = (range: string): boolean =>
  range.split('||').some((part) => {
    const [, operator = '', major] = /^\s*([>=^~]*)\s*v?(\d+)/.exec(part) ?? [];
    return operator.startsWith('>') ? Number(major) <= NPM_ON_NODE : Number(major) === NPM_ON_NODE;
  });

describe('package-lock.json', () => {
  it('asks for a node that package.json asks for', () => {
    expect(packages['']?.engines).toEqual({ node: `>=${NPM_ON_NODE}` });
  });

  it('holds no package that npm warns of; if one does, delete its `engines` there (.npmrc says why)', () => {
    const warned = Object.entries(packages).filter(
      ([, { engines, optional }]) => !optional && engines?.node !== undefined && !allows(engines.node),
    );
    expect(warned.map(([path, { engines }]) => `${path}: ${engines?.node}`)).toEqual([]);
  });
});
