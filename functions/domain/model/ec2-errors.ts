/** EC2 may have room for it later (docs/aws-behaviour.md 18). */
export const CAPACITY_ERRORS = new Set([
  'InsufficientInstanceCapacity',
  'InsufficientHostCapacity',
  'InsufficientReservedInstanceCapacity',
]);

/** Or the account may have room within its own limits, once something else has stopped. */
export const LIMIT_ERRORS = new Set(['InstanceLimitExceeded', 'VcpuLimitExceeded', 'MaxSpotInstanceCountExceeded']);

export const lacksCapacity = (errorCode: string): boolean =>
  CAPACITY_ERRORS.has(errorCode) || LIMIT_ERRORS.has(errorCode);
