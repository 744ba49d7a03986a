/** Where the console shows an object (docs/aws-behaviour.md 93). */
export function consoleLink(region: string, bucketName: string, key: string): string {
  const asked = new URLSearchParams({ region, prefix: key });
  return `https://${region}.${domainOf(region)}/s3/object/${bucketName}?${asked}`;
}

/** Where it shows all objects whose keys begin like that. */
export function consoleLinkToFolder(region: string, bucketName: string, prefix: string): string {
  const asked = new URLSearchParams({ region, prefix });
  return `https://${region}.${domainOf(region)}/s3/buckets/${bucketName}?${asked}`;
}

function domainOf(region: string): string {
  if (region.startsWith('cn-')) return 'console.amazonaws.cn';
  return region.startsWith('us-gov-') ? 'console.amazonaws-us-gov.com' : 'console.aws.amazon.com';
}
