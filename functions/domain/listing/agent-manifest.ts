// Whether the region has the target version for an instance, as its manifest of the agent says (docs/aws-behaviour.md 122).
import * as z from 'zod';
import type { InstanceFacts } from '../model/instance.ts';

/** A region's ssm-agent-manifest.json, as far as it is looked at. */
export const agentManifestSchema = z.object({
  Packages: z.array(
    z.object({
      Name: z.string(),
      Files: z.array(z.object({ Name: z.string(), AvailableVersions: z.array(z.object({ Version: z.string() })) })),
    }),
  ),
});
export type AgentManifest = z.infer<typeof agentManifestSchema>;

/** EC2's architectures, as the files of the agent name them. */
const ARCHITECTURES: Record<string, string> = { x86_64: 'amd64', i386: '386', arm64: 'arm64' };

/**
 * Whether no file of the instance's family has this version. DescribeInstances tells Windows from all else, and which files a Linux
 * takes is not known: so one file of Linux that has it is enough.
 * @returns false as well where the manifest does not tell: it knows no file of the family, or EC2 names no architecture
 */
export function lacksVersion(
  { Packages }: AgentManifest,
  { platform, architecture }: Pick<InstanceFacts, 'platform' | 'architecture'>,
  version: string,
): boolean {
  const suffix = ARCHITECTURES[architecture ?? ''];
  if (platform === null || suffix === undefined) return false;
  const isWindows = /^windows/i.test(platform);
  const files = Packages.filter(({ Name }) => Name === 'amazon-ssm-agent')
    .flatMap(({ Files }) => Files)
    .filter(({ Name }) => isOfFamily(Name, isWindows) && Name.includes(`-${suffix}.`));
  const hasIt = files.some(({ AvailableVersions }) => AvailableVersions.some(({ Version }) => Version === version));
  return files.length > 0 && !hasIt;
}

const isOfFamily = (file: string, isWindows: boolean): boolean =>
  isWindows ? file.includes('-windows-') : /-(linux|ubuntu)-/.test(file);
