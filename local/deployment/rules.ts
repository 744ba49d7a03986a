import { BadInput } from '../base/bad-input.ts';
import { createResolver } from './intrinsics.ts';
import type { References, Template } from './template.ts';

/**
 * Holds a deployment to the template's rules, before anything of it is made (docs/aws-behaviour.md 63).
 * @param parameters of this deployment, with the defaults of those that it doesn't give
 * @throws BadInput with the text of the first assertion that is false
 */
export function assertRules(template: Template, parameters: References): void {
  // A rule knows the parameters, but neither conditions nor resources. So Fn::If is refused, too.
  const { holds } = createResolver({ ...template, Conditions: {} }, parameters);
  for (const [name, { Assertions, ...rest }] of Object.entries(template.Rules)) {
    const [unknown] = Object.keys(rest);
    if (unknown !== undefined) throw new Error(`template.yaml: ${name}: ${unknown} is not known in a rule`);
    for (const { Assert, AssertDescription } of Assertions) {
      if (!holds(Assert, name)) throw new BadInput(`template.yaml, rule ${name}: ${AssertDescription}`);
    }
  }
}
