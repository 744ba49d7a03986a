import { lambdaRuntime } from '../runtime/runtime.ts';
import { createRestoreInstances } from './restore-instances.ts';

export const handler = createRestoreInstances(lambdaRuntime());
