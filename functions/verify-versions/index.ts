import { lambdaRuntime } from '../runtime/runtime.ts';
import { createVerifyVersions } from './verify-versions.ts';

export const handler = createVerifyVersions(lambdaRuntime());
