import { catalogue } from '../../../../functions/domain/words/catalogue.ts';
import { findWays, wayKey } from '../../../../local/simulation/coverage/branches.ts';
import { readDeployed } from '../../../../local/simulation/coverage/deployed.ts';
import { readUnreachable } from '../../../../local/simulation/coverage/unreachable.ts';

it('only files, ways and reasons that there are can be argued about', () => {
  const files = readDeployed();
  const ways = files.flatMap(({ file, text }) => findWays(file, text).map(wayKey));
  const known = new Set([
    ...files.map(({ file }) => file),
    ...ways,
    ...Object.keys(catalogue).map((code) => `reason ${code}`),
  ]);

  expect([...readUnreachable().keys()].filter((what) => !known.has(what))).toEqual([]);
});
