/** Ways of AWS that nothing rules out, and that no promise may rest on (docs/beliefs.md). What is left out is as usual. */
export interface UnkindHabits {
  /** By so much SSM's clock is ahead of EC2's and of ours; negative: behind. */
  ssmClockSeconds?: number;
  /** For so long after a start, EC2 names the state of before it to a second request, too. */
  previousStateLagSeconds?: number;
  /** So long a stop that EC2 has accepted is not shown, unless a start comes after it. */
  stopShownSeconds?: number;
  /** Each look lags by a time of its own: what was shown once may not be shown the next time. */
  describesGoBack?: boolean;
}
