/** Seconds, as a range to draw from. */
export type Range = readonly [number, number];

/** How long things take on an instance. All in seconds. */
export interface Timing {
  /** pending -> running */
  pendingSeconds: Range;
  /** running -> stopped, by way of stopping */
  stoppingSeconds: Range;
  /** anything -> terminated, by way of shutting-down */
  shuttingDownSeconds: Range;
  /** running -> the agent's first ping of this boot */
  registerSeconds: Range;
  /** from one health ping to the next */
  pingSeconds: Range;
  /** from the agent's start to its second ping (docs/aws-behaviour.md 7) */
  firstPingSeconds: Range;
  /** Pending -> InProgress */
  deliverySeconds: Range;
  /** download and installation, until the agent is stopped for its restart */
  installSeconds: Range;
  /** the agent's own restart */
  restartSeconds: Range;
  /** from the restarted agent to the command's last word */
  replySeconds: Range;
  /** how long an update that fails takes to say so */
  failSeconds: Range;
  /** how long a rollback takes */
  rollbackSeconds: Range;
}

const linux: Timing = {
  pendingSeconds: [5, 20],
  stoppingSeconds: [15, 60],
  shuttingDownSeconds: [15, 60],
  registerSeconds: [15, 45],
  pingSeconds: [300, 300],
  firstPingSeconds: [1, 300],
  deliverySeconds: [1, 4],
  installSeconds: [10, 30],
  restartSeconds: [3, 10],
  replySeconds: [2, 8],
  failSeconds: [15, 60],
  rollbackSeconds: [240, 1500],
};

export interface Platform {
  timing: Timing;
  /** As DescribeInstances and DescribeInstanceInformation name it. */
  ec2Platform: string | null;
  ec2PlatformDetails: string;
  platformType: 'Linux' | 'Windows';
  platformName: string;
  platformVersion: string;
  /** The file that the updater downloads. */
  packageFile: string;
}

export const platforms = {
  'amazon-linux-2023': {
    timing: linux,
    ec2Platform: null,
    ec2PlatformDetails: 'Linux/UNIX',
    platformType: 'Linux',
    platformName: 'Amazon Linux',
    platformVersion: '2023',
    packageFile: 'amazon-ssm-agent-linux-amd64.tar.gz',
  },
  // The agent is a snap: snapd starts first, and installs slowly.
  ubuntu: {
    timing: { ...linux, registerSeconds: [30, 90], installSeconds: [20, 60], restartSeconds: [5, 20] },
    ec2Platform: null,
    ec2PlatformDetails: 'Linux/UNIX',
    platformType: 'Linux',
    platformName: 'Ubuntu',
    platformVersion: '24.04',
    packageFile: 'amazon-ssm-agent-ubuntu-amd64.tar.gz',
  },
  windows: {
    timing: {
      ...linux,
      pendingSeconds: [10, 30],
      stoppingSeconds: [30, 120],
      registerSeconds: [90, 240],
      installSeconds: [60, 150],
      restartSeconds: [10, 40],
    },
    ec2Platform: 'windows',
    ec2PlatformDetails: 'Windows',
    platformType: 'Windows',
    platformName: 'Microsoft Windows Server 2022 Datacenter',
    platformVersion: '10.0.20348',
    packageFile: 'amazon-ssm-agent-windows-amd64.zip',
  },
} as const satisfies Record<string, Platform>;

export type PlatformName = keyof typeof platforms;

export const platformNames = Object.keys(platforms) as [PlatformName, ...PlatformName[]];
