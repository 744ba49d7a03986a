import { lambdaRuntime } from '../runtime.ts';
import { createVerifyVersions } from './verify-versions.ts';

export const handler = createVerifyVersions(lambdaRuntime());
