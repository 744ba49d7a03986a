import { lambdaRuntime } from '../runtime/runtime.ts';
import { createCheckReadiness } from './check-readiness.ts';

export const handler = createCheckReadiness(lambdaRuntime());
