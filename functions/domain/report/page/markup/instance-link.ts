import { html, type Markup } from './html.ts';

/** What names an instance for a reader. */
export interface Named {
  instanceId: string;
  title: string;
}

/** An instance's name, as a link to it in the console of EC2. */
export const instanceLink = ({ instanceId, title }: Named, region: string, label = title): Markup =>
  html`<a href="${consoleOf(region)}/ec2/home?region=${encodeURIComponent(region)}#InstanceDetails:instanceId=${encodeURIComponent(instanceId)}" title="${instanceId}"><bdi>${label}</bdi></a>`;

/** Of the partition that the region belongs to. */
export function consoleOf(region: string): string {
  if (region.startsWith('cn-')) return 'https://console.amazonaws.cn';
  if (region.startsWith('us-gov-')) return 'https://console.amazonaws-us-gov.com';
  return 'https://console.aws.amazon.com';
}
