import fc from 'fast-check';
import { compareVersions, isAtLeast } from '../../../../functions/domain/model/agent-version.ts';

describe('versions', () => {
  it.each([
    ['3.10.0.0', '3.9.0.0'],
    ['3.3.551.0', '3.3.40.0'],
    ['10.0.0.0', '9.9.9.9'],
  ])('takes %s for newer than %s: numbers are compared, not texts', (newer, older) => {
    expect(compareVersions(newer, older)).toBeGreaterThan(0);
    expect(isAtLeast(older, newer)).toBe(false);
  });

  it.each([null, '', 'latest', '3.3', '3.3.551.0-beta'])('takes %j for no proof of anything', (unreadable) => {
    expect(isAtLeast(unreadable, '0.0.0.0')).toBe(false);
  });

  it('orders any two versions one way round', () => {
    const version = fc.array(fc.nat(99_999), { minLength: 4, maxLength: 4 }).map((parts) => parts.join('.'));
    fc.assert(
      fc.property(version, version, (a, b) => {
        expect(Math.sign(compareVersions(a, b)) + Math.sign(compareVersions(b, a))).toBe(0);
        expect(isAtLeast(a, b) || isAtLeast(b, a)).toBe(true);
      }),
    );
  });
});

it('compares versions of unlike lengths by the parts that one of them lacks', () => {
  expect(compareVersions('3.3.551', '3.3.551.1')).toBeLessThan(0);
  expect(compareVersions('3.3.551.1', '3.3.551')).toBeGreaterThan(0);
  expect(compareVersions('3.3.551', '3.3.551.0')).toBe(0);
});
