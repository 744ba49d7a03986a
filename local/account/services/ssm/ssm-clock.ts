import type { World } from '../../world/model.ts';

/** A moment as SSM dates it: its clock may be another one than EC2's (docs/aws-behaviour.md 44). */
export const bySsm = ({ habits }: Pick<World, 'habits'>, moment: number): number =>
  moment + (habits.ssmClockSeconds ?? 0) * 1000;
