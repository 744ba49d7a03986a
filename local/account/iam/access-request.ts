import type { ObjectStore } from '../services/s3/object-store.ts';
import type { World } from '../world/model.ts';
import type { Context } from './conditions.ts';
import type { AccessRequest } from './policy.ts';

/** What the account knows at the moment of a call. */
export interface Scene {
  account: string;
  region: string;
  /** Milliseconds since the epoch. */
  now: number;
  world: World;
  objects: ObjectStore;
}

/** What IAM is asked before an operation: each of these must be allowed. None: it needs no permission. */
export type Asks = (parameters: unknown, scene: Scene) => AccessRequest[];

const nothingMore: Context = () => undefined;

export const ask = (action: string, resource: string | null, context: Context = nothingMore): AccessRequest => ({
  action,
  resource,
  context,
});

/** For operations whose parameters have been parsed before. */
export const asks =
  <Parameters>(list: (parameters: Parameters, scene: Scene) => AccessRequest[]): Asks =>
  (parameters, scene) =>
    list(parameters as Parameters, scene);

/** For actions that IAM knows no resource of. */
export const onAll = (action: string): Asks => {
  const requests = [ask(action, null)];
  return () => requests;
};
