/** A policy says something that is not known here: to ignore it would be to judge by another policy. */
export class PolicyError extends Error {
  override readonly name = 'PolicyError';
}
