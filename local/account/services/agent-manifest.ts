import { compareVersions } from '../../../functions/domain/model/agent-version.ts';
import type { Fleet } from '../fleet/fleet.ts';
import { platforms } from '../fleet/platforms.ts';

/** Versions that each region has, besides its latest. */
const VERSIONS = [
  '3.0.0.0',
  '3.1.1732.0',
  '3.2.582.0',
  '3.2.1630.0',
  '3.2.2222.0',
  '3.3.40.0',
  '3.3.90.0',
  '3.3.131.0',
];

/** Files of a platform that AWS has given up: they get no newer version. */
const LAST_OF_I386 = '3.0.0.0';

/** The region's ssm-agent-manifest.json: each file of the agent, with the versions that there are of it (docs/aws-behaviour.md 122). */
export function agentManifest({ agentVersion, groups }: Fleet): string {
  const installed = groups.flatMap(({ instances }) => instances.map((instance) => instance.agentVersion));
  const versions = [...new Set([...VERSIONS, ...installed, agentVersion])]
    .filter((version) => compareVersions(version, agentVersion) <= 0)
    .sort(compareVersions);
  const file = (name: string, available: string[]) => ({
    Name: name,
    AvailableVersions: available.map((Version) => ({ Version, Checksum: '0'.repeat(64), Status: 'Active' })),
  });
  const names = [...new Set(Object.values(platforms).map(({ packageFile }) => packageFile))];
  const files = names.flatMap((name) => [
    file(name, versions),
    file(
      name.replace('amd64', '386'),
      versions.filter((version) => compareVersions(version, LAST_OF_I386) <= 0),
    ),
  ]);
  return JSON.stringify({
    SchemaVersion: '1.0',
    UriFormat: 'https://s3.{Region}.amazonaws.com/amazon-ssm-{Region}/{PackageName}/{PackageVersion}/{FileName}',
    Packages: [{ Name: 'amazon-ssm-agent', Files: files }],
  });
}
