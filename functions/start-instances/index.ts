import { lambdaRuntime } from '../runtime/runtime.ts';
import { createStartInstances } from './start-instances.ts';

export const handler = createStartInstances(lambdaRuntime());
