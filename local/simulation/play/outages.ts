import { ServiceError } from '../../account/wire/service-error.ts';
import type { Disturbance, Trouble } from '../scenario/scenario.ts';
import type { Notes } from './notes.ts';
import type { Asked } from './requested-operation.ts';

type Window = Extract<Disturbance, { kind: 'window' }>;

/** How each service says it: code and status (docs/aws-behaviour.md 24, 30, 34, 42). */
const errors: Record<Trouble, Record<string, [code: string, status: number]>> = {
  throttling: {
    ec2: ['RequestLimitExceeded', 503],
    s3: ['SlowDown', 503],
    sns: ['Throttled', 429],
    'resource-groups': ['TooManyRequestsException', 429],
    other: ['ThrottlingException', 400],
  },
  'server-errors': {
    ec2: ['InternalError', 500],
    s3: ['InternalError', 500],
    sns: ['InternalFailure', 500],
    other: ['InternalServerError', 500],
  },
  denied: {
    ec2: ['UnauthorizedOperation', 403],
    s3: ['AccessDenied', 403],
    sns: ['AuthorizationError', 403],
    'resource-groups': ['ForbiddenException', 403],
    other: ['AccessDeniedException', 400],
  },
};

const words: Record<Trouble, string> = {
  throttling: 'Rate exceeded',
  'server-errors': 'An internal error has occurred',
  denied: 'You are not authorized to perform this operation.',
};

export function errorOf(trouble: Trouble, service: string): ServiceError {
  const [code, status] = errors[trouble][service] ?? errors[trouble]['other'] ?? ['InternalError', 500];
  return new ServiceError(code, words[trouble], status);
}

export interface Windows {
  open(window: Window): void;
  close(window: Window): void;
  /** The trouble that a call meets now; null: none. */
  over(principal: string, asked: Asked): Trouble | null;
}

/** Times in which AWS is unkind to some calls. */
export function createWindows(notes: Notes): Windows {
  const open: Window[] = [];
  const name = (window: Window) =>
    `${window.function ?? 'any function'}: ${window.service ?? 'any service'}:${window.operation ?? '*'}`;
  return {
    open(window) {
      open.push(window);
      notes.write(`window ${window.trouble}`, `for ${window.seconds} s: ${name(window)}`);
    },
    close(window) {
      open.splice(open.indexOf(window), 1);
      notes.write('window over', `${window.trouble}: ${name(window)}`);
    },
    over(principal, { service, operation }) {
      const one = open.find(
        (window) =>
          (window.function === null || window.function === principal) &&
          (window.service === null || window.service === service) &&
          (window.operation === null || window.operation === operation),
      );
      return one?.trouble ?? null;
    },
  };
}
