// What AWS did not show for a while, or would not say, although it was there.
import { changes, type Evidence } from './evidence.ts';

/** Whether EC2 did not show it, at some moment of that time. */
export const wasHidden = ({ disturbances }: Evidence, instanceId: string, from: number, to: number): boolean =>
  disturbances.some(({ at, until, struck }) => struck?.includes(instanceId) === true && at <= to && until >= from);

/** EC2 failed calls of all, or was silent on that one: no neighbour is left out by the trouble of a zone. */
export const wasUnanswered = (evidence: Evidence, instanceId: string, from: number, to: number): boolean =>
  evidence.disturbances.some(({ disturbance: { kind } }) => kind === 'window') ||
  wasHidden(evidence, instanceId, from, to) ||
  (isUnknown(evidence, instanceId) && isDisturbed(evidence, from, to));

/** That EC2 does not know its ID proves nothing while a zone is disturbed. */
const isDisturbed = ({ disturbances }: Evidence, from: number, to: number): boolean =>
  disturbances.some(({ at, until, disturbance: { kind } }) => kind === 'zone' && at <= to && until >= from);

const isUnknown = ({ instances }: Evidence, instanceId: string): boolean =>
  instances.some(
    (one) => one.instanceId === instanceId && one.behaviours.some((name) => /^(ghost|terminated)$/.test(name)),
  );

/** Of the deadlines of the steps none that is drawn is shorter. */
const FORGOTTEN_SECONDS_MIN = 60;

/** EC2 has forgotten it for good, or for as long as a step waits. */
export const isGoneForEc2 = (evidence: Evidence, instanceId: string): boolean =>
  changes(evidence, instanceId).some(({ facts }) => facts.about === 'gone') ||
  evidence.disturbances.some(
    ({ at, until, struck, disturbance }) =>
      disturbance.kind === 'forgotten' &&
      struck?.includes(instanceId) === true &&
      until - at >= FORGOTTEN_SECONDS_MIN * 1000 &&
      Object.keys(evidence.parameters).some((name) => name.endsWith('DeadlineSeconds')),
  );

/** Whether calls were denied for a while, or one was. */
export const isDenied = ({ disturbances, faults }: Evidence): boolean =>
  disturbances.some(({ disturbance }) => disturbance.kind === 'window' && disturbance.trouble === 'denied') ||
  faults.some(({ what }) => what === 'fault denied');

/** Whether a tool, or a person, took leases off. */
export const isStripped = ({ disturbances }: Evidence): boolean =>
  disturbances.some(({ disturbance }) => 'deed' in disturbance && disturbance.deed === 'remove-lease');
