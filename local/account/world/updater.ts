/** How an update ends. */
export type Ending =
  | 'updated'
  | 'already-installed'
  | 'busy'
  | 'downgrade-refused'
  | 'not-in-manifest'
  | 'install-failed'
  | 'rolled-back'
  | 'rollback-failed'
  | 'updater-died'
  | 'no-disk-space'
  | 'not-downloaded'
  | 'package-locked'
  | 'not-active'
  | 'hung'
  | 'undelivered';

interface Words {
  source: string;
  target: string;
  region: string;
  packageFile: string;
}

const AGENT = 'amazon-ssm-agent';

/** What the plugin refuses, or can't prepare, before any updater runs, stands in the other stream. */
const REFUSED_BY_PLUGIN: Partial<Record<Ending, string>> = {
  'not-downloaded':
    'failed to download file reliably, ssm-agent-manifest.json, proxyconnect tcp: connect: connection refused\n',
  busy: 'Another update in progress, try again later\n',
  'no-disk-space': 'Insufficient available disk space\n',
  'updater-died': 'Updater died before updating, make sure your system is supported\n',
};

/** The literal words of the agent and its updater, and the stream they go to (docs/aws-behaviour.md 4, 5). */
export function output(
  ending: Ending,
  { source, target, region, packageFile }: Words,
): { stdout: string; stderr: string } {
  const url = (version: string) =>
    `https://s3.${region}.amazonaws.com/amazon-ssm-${region}/${AGENT}/${version}/${packageFile}`;
  const downloads = ['Successfully downloaded manifest', `Successfully downloaded updater version ${target}`];
  const begun = [...downloads, `Updating ${AGENT} from ${source} to ${target}`];
  const fetched = [
    ...begun,
    `Successfully downloaded ${url(source)}`,
    `Successfully downloaded ${url(target)}`,
    `Initiating ${AGENT} update to ${target}`,
  ];
  const failed = `Failed to update ${AGENT} to ${target}`;
  const stdout: Record<Ending, string[]> = {
    updated: [...fetched, `${AGENT} updated successfully to ${target}`],
    'already-installed': [...begun, `${AGENT} ${target} has already been installed`, 'update skipped'],
    busy: [],
    'no-disk-space': [],
    'not-downloaded': [],
    'updater-died': downloads,
    'not-active': [...begun, `${AGENT} version ${target} is deprecated/inactive, update skipped`],
    'downgrade-refused': [
      ...begun,
      `Updating ${AGENT} to an older version ${target}, please enable allow downgrade to proceed`,
      failed,
      'No rollback needed',
    ],
    'not-in-manifest': [
      ...begun,
      `${AGENT} target version ${target} is unsupported on current platform`,
      failed,
      'No rollback needed',
    ],
    'install-failed': [
      ...begun,
      `Successfully downloaded ${url(source)}`,
      `failed to download file reliably, ${url(target)}, connection reset by peer`,
      failed,
      'No rollback needed',
    ],
    // 125: the package manager has failed, at each of four tries (docs/aws-behaviour.md 129).
    'package-locked': [
      ...fetched,
      `failed to install ${AGENT} ${target}, ErrorMessage=The execution of command returned Exit Status: 125 \n exit status 125`,
      `Initiating rollback ${AGENT} to ${source}`,
      `rolledback ${AGENT} to ${source}`,
      failed,
    ],
    'rolled-back': [
      ...fetched,
      `failed to update ${AGENT} to ${target}, failed to start the agent`,
      `Initiating rollback ${AGENT} to ${source}`,
      `rolledback ${AGENT} to ${source}`,
      failed,
    ],
    'rollback-failed': [
      ...fetched,
      `failed to update ${AGENT} to ${target}, failed to start the agent`,
      `Initiating rollback ${AGENT} to ${source}`,
      `failed to rollback ${AGENT} to ${source}, failed to start the agent`,
      failed,
    ],
    hung: begun,
    undelivered: [],
  };
  const stderr = REFUSED_BY_PLUGIN[ending] ?? '';
  return { stdout: stdout[ending].map((line) => `${line}\n`).join(''), stderr };
}
