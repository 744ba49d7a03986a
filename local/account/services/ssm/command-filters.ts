import * as z from 'zod';
import { ServiceError } from '../../wire/service-error.ts';

export const filterSchema = z.strictObject({ key: z.string(), value: z.string().min(1).max(128) });
export type Filter = z.infer<typeof filterSchema>;

const moment = ({ value }: Filter): number => Date.parse(value);

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;

/** What both listings filter: a command, or an invocation of one. */
export interface Listed {
  requestedAt: number;
  documentName: string;
  status: string;
  statusDetails: string;
}

export const isOpen = (status: string): boolean => status === 'Pending' || status === 'InProgress';

const FILTERS: Record<string, (listed: Listed, filter: Filter) => boolean> = {
  InvokedAfter: ({ requestedAt }, filter) => requestedAt >= moment(filter),
  InvokedBefore: ({ requestedAt }, filter) => requestedAt <= moment(filter),
  DocumentName: ({ documentName }, { value }) => documentName === value,
  Status: ({ status, statusDetails }, { value }) => status === value || statusDetails === value,
  ExecutionStage: ({ status }, { value }) => isOpen(status) === (value === 'Executing'),
};

/** Statuses that both listings can be asked for, and those of one of them (docs/aws-behaviour.md 51). */
const STATUSES = [
  ...['Pending', 'InProgress', 'Success', 'Cancelled', 'Failed', 'TimedOut'],
  ...['AccessDenied', 'DeliveryTimedOut', 'ExecutionTimedOut'],
];

export const COMMAND_VALUES: Record<string, string[]> = {
  Status: [...STATUSES, 'Incomplete', 'NoInstancesInTag', 'LimitExceeded'],
  ExecutionStage: ['Executing', 'Complete'],
};

export const INVOCATION_VALUES: Record<string, string[]> = {
  Status: [...STATUSES, 'Delayed', 'Undeliverable', 'InvalidPlatform', 'Terminated'],
  // Only commands have stages.
  ExecutionStage: [],
};

/** @throws as SSM does, whatever there is to be filtered */
export function assertFilters(
  filters: Filter[],
  values: Record<string, string[]>,
  instanceId: string | undefined,
): void {
  for (const { key, value } of filters) {
    const allowed = values[key];
    if (!Object.hasOwn(FILTERS, key) || allowed?.length === 0) throw new ServiceError('InvalidFilterKey', '');
    if (allowed !== undefined && !allowed.includes(value)) {
      throw new ServiceError('InvalidFilterValue', `${key}: ${value} is none of ${allowed.join(', ')}`);
    }
    if (key.startsWith('Invoked') && !(TIME.test(value) && !Number.isNaN(Date.parse(value)))) {
      throw new ServiceError('InvalidFilterValue', `${key}: ${value} is not a time such as 2024-07-07T00:00:00Z`);
    }
    if (key === 'Status' && value === 'Pending' && instanceId !== undefined) {
      throw new ServiceError('InvalidFilterValue', 'InstanceId cannot be given together with the status Pending');
    }
  }
}

export const passes = (listed: Listed, filters: Filter[]): boolean =>
  filters.every((filter) => FILTERS[filter.key]?.(listed, filter));
