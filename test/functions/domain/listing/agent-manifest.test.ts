import { lacksVersion } from '../../../../functions/domain/listing/agent-manifest.ts';

const file = (name: string, ...versions: string[]) => ({
  Name: `amazon-ssm-agent-${name}`,
  AvailableVersions: versions.map((Version) => ({ Version })),
});
const manifest = {
  Packages: [
    { Name: 'another', Files: [file('linux-arm64.tar.gz', '2.0.0.0')] },
    {
      Name: 'amazon-ssm-agent',
      Files: [
        file('linux-amd64.tar.gz', '1.0.0.0'),
        file('ubuntu-amd64.tar.gz', '1.0.0.0', '2.0.0.0'),
        file('linux-arm64.tar.gz', '1.0.0.0'),
        file('windows-amd64.zip', '1.0.0.0'),
        file('darwin-amd64.tar.gz', '3.0.0.0'),
      ],
    },
  ],
};

describe('the manifest of a region', () => {
  it.each([
    ['Linux/UNIX', 'x86_64', '2.0.0.0', false],
    ['Linux/UNIX', 'x86_64', '3.0.0.0', true],
    ['Red Hat Enterprise Linux', 'arm64', '2.0.0.0', true],
    ['Windows', 'x86_64', '1.0.0.0', false],
    ['Windows', 'x86_64', '2.0.0.0', true],
    ['Windows with SQL Server Standard', 'x86_64', '2.0.0.0', true],
  ])('says of %s on %s whether %s is lacking: %s', (platform, architecture, version, lacks) => {
    expect(lacksVersion(manifest, { platform, architecture }, version)).toBe(lacks);
  });

  it.each([
    ['it has no file of the family', 'Linux/UNIX', 'i386'],
    ['the architecture is none of the agent', 'Linux/UNIX', 'arm64_mac'],
    ['EC2 does not name the architecture', 'Linux/UNIX', null],
    ['EC2 does not name the platform', null, 'x86_64'],
  ])('tells nothing where %s', (_why, platform, architecture) => {
    expect(lacksVersion(manifest, { platform, architecture }, '9.0.0.0')).toBe(false);
  });
});
