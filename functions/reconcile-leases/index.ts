import { Metrics } from '@aws-lambda-powertools/metrics';
import { lambdaRuntime } from '../runtime/runtime.ts';
import { createReconcileLeases } from './reconcile-leases.ts';

export const handler = createReconcileLeases(lambdaRuntime(), new Metrics({ namespace: 'Reveille' }));
