import { parsePolicy } from './policy.ts';

/** The service control policy of the account's organization: it binds every principal, whatever their own policies allow. */
export const organization = parsePolicy(
  [
    {
      Version: '2012-10-17',
      Statement: {
        Sid: 'KeepRunning',
        Effect: 'Deny',
        Action: 'ec2:StopInstances',
        Resource: '*',
        Condition: { StringEquals: { 'aws:ResourceTag/guardrail': 'keep-running' } },
      },
    },
  ],
  'Organization',
);
