import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { createAccount } from '../account/account.ts';
import { readFleet } from '../account/fleet/fleet.ts';
import { readTemplate } from '../deployment/template.ts';

const PRELOAD = new URL('sam-local-preload.mjs', import.meta.url);

const FLEET = fileURLToPath(new URL('fleet.json', import.meta.url));

/** A module as an address, so that it needs no file in the container. Its comments stay at home. */
const toDataUrl = (source: string): string =>
  `data:text/javascript,${encodeURIComponent(source.replace(/^\/\/.*\n/gm, '').replace(/^\n+/gm, ''))}`;

/**
 * The content of events/env.json: what `sam local` gives functions instead of what the template says, so that they find
 * the account of the samples, which waits on port 4566. Each function gets those of them that it has in the template.
 */
export function samLocalVariables(): string {
  const fleet = readFleet(FLEET);
  const { bucket, topicArn } = createAccount({ fleet, seed: 0, now: () => 0 });
  const options = readTemplate().Globals.Function.Environment.Variables['NODE_OPTIONS'];
  const variables = {
    NODE_OPTIONS: `${options} --import ${toDataUrl(readFileSync(PRELOAD, 'utf8'))}`,
    BUCKET_NAME: bucket,
    TOPIC_ARN: topicArn,
    GROUPS: fleet.groups.map(({ name }) => name).join(','),
  };
  return `${JSON.stringify({ Parameters: variables }, null, 2)}\n`;
}
