import type { Fleet } from '../account/fleet/fleet.ts';
import type { References } from './template.ts';

/** What each deployment for a fleet has to give, since template.yaml has no default for it: what is updated, when, and who is told. */
export const parametersFor = ({ groups }: Fleet): References => ({
  ResourceGroups: groups.map(({ name }) => name).join(','),
  ScheduleTimezone: 'UTC',
  NotificationEmail: 'operators@example.com',
});
