import { lambdaRuntime } from '../runtime/runtime.ts';
import { createListInstances } from './list-instances.ts';

export const handler = createListInstances(lambdaRuntime());
