import { Metrics } from '@aws-lambda-powertools/metrics';
import { lambdaRuntime } from '../runtime/runtime.ts';
import { createReportRun } from './report-run.ts';

export const handler = createReportRun(lambdaRuntime(), new Metrics({ namespace: 'Reveille' }));
