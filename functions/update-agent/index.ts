import { lambdaRuntime } from '../runtime/runtime.ts';
import { createUpdateAgent } from './update-agent.ts';

export const handler = createUpdateAgent(lambdaRuntime());
