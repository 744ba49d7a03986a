/** A text with its moments as mails and pages say them: every simulation is deployed with a schedule in UTC. */
export const withClocks = (text: string): string =>
  text.replace(/(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(?:\.\d+)?Z/g, '$1 $2 (UTC)');
