import { lambdaRuntime } from '../runtime.ts';
import { createRestoreInstances } from './restore-instances.ts';

export const handler = createRestoreInstances(lambdaRuntime());
