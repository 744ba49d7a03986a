import { lambdaRuntime } from '../runtime.ts';
import { createCheckReadiness } from './check-readiness.ts';

export const handler = createCheckReadiness(lambdaRuntime());
