/** One that was left awake, and how it was before. */
export interface LeftAwake {
  instanceId: string;
  originalState: string | null;
}

/** What a person types to stop the instances that were left awake; those that were hibernated in a command of their own. */
export function stopCommands(leftAwake: LeftAwake[], region: string): string[] {
  return [false, true].flatMap((hibernate) => {
    const ids = leftAwake
      .filter(({ originalState }) => (originalState === 'hibernated') === hibernate)
      .map(({ instanceId }) => instanceId);
    const flag = hibernate ? ' --hibernate' : '';
    return ids.length === 0 ? [] : [`aws ec2 stop-instances --region ${region}${flag} --instance-ids ${ids.join(' ')}`];
  });
}
