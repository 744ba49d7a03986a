import type { OddAnswer } from './fleet/odd-answers.ts';
import { ServiceError } from './wire/service-error.ts';
import type { World } from './world/model.ts';

/** Counts how often each instance has been answered in an odd way. */
export interface OddAnswers {
  /**
   * Nothing of a call is done that names an instance of which AWS won't hear, or a command to it and none of its instances.
   * @throws in its words
   */
  refuse(operation: string, parameters: unknown, world: Pick<World, 'machines' | 'commands'>): void;
}

export function createOddAnswers(): OddAnswers {
  const given = new Map<OddAnswer, number>();
  const isLeft = (answer: OddAnswer) => (given.get(answer) ?? 0) < (answer.times ?? Number.POSITIVE_INFINITY);
  return {
    refuse(operation, parameters, { machines, commands }) {
      const texts = textsIn(parameters);
      const ids = texts.some((text) => machines.has(text))
        ? texts
        : commands.flatMap(({ id, instanceIds }) => (texts.includes(id) ? instanceIds : []));
      const answers = ids.flatMap((id) => machines.get(id)?.spec.answers ?? []);
      const answer = answers.find((one) => one.call === operation && isLeft(one));
      if (answer === undefined) return;
      given.set(answer, (given.get(answer) ?? 0) + 1);
      throw new ServiceError(answer.code, answer.message, answer.status);
    },
  };
}

/** Whatever the parameter is called in which an API names instances, also in a filter. */
function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
}
