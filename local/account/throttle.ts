interface Bucket {
  capacity: number;
  refillPerSecond: number;
}

/** Token buckets by API, as EC2 and SSM have them (docs/aws-behaviour.md 24); what is not listed has the default. */
const buckets: Record<string, Bucket> = {
  'ec2:StartInstances': { capacity: 5, refillPerSecond: 2 },
  'ec2:StopInstances': { capacity: 5, refillPerSecond: 2 },
  'ec2:CreateTags': { capacity: 100, refillPerSecond: 10 },
  'ec2:DeleteTags': { capacity: 100, refillPerSecond: 10 },
  'ssm:SendCommand': { capacity: 20, refillPerSecond: 5 },
};

const byDefault: Bucket = { capacity: 100, refillPerSecond: 20 };

/** S3 scales with its prefixes: never the limit here. */
const UNLIMITED = new Set(['s3', 'sts']);

/** Starts and stops also take a token for each instance. */
const resourceBuckets: Record<string, Bucket> = {
  'ec2:StartInstances': { capacity: 1000, refillPerSecond: 2 },
  'ec2:StopInstances': { capacity: 1000, refillPerSecond: 20 },
};

export interface Throttle {
  /** @returns whether the call may pass; it takes its tokens then */
  admit(service: string, operation: string, resources: number, now: number): boolean;
}

export function createThrottle(): Throttle {
  const levels = new Map<string, { tokens: number; at: number }>();
  const levelOf = (key: string, bucket: Bucket, now: number) => {
    const level = levels.get(key) ?? { tokens: bucket.capacity, at: now };
    const refilled = level.tokens + ((now - level.at) / 1000) * bucket.refillPerSecond;
    const current = { tokens: Math.min(bucket.capacity, refilled), at: now };
    levels.set(key, current);
    return current;
  };
  return {
    admit(service, operation, resources, now) {
      if (UNLIMITED.has(service)) return true;
      const name = `${service}:${operation}`;
      const requests = levelOf(name, buckets[name] ?? byDefault, now);
      const resourceBucket = resourceBuckets[name];
      const instances = resourceBucket ? levelOf(`${name}/resources`, resourceBucket, now) : null;
      if (requests.tokens < 1 || (instances !== null && instances.tokens < resources)) return false;
      requests.tokens -= 1;
      if (instances !== null) instances.tokens -= resources;
      return true;
    },
  };
}
