import { BadInput } from '../../../local/base/bad-input.ts';
import { assertRules } from '../../../local/deployment/rules.ts';
import { readTemplate, type Template } from '../../../local/deployment/template.ts';

/** template.yaml with one rule, of which this has to be true. */
const demanding = (Assert: object, more: object = {}): Template => ({
  ...readTemplate(),
  Rules: { OnSundays: { Assertions: [{ Assert, AssertDescription: 'Deploy on a Sunday.' }], ...more } },
});
const isSunday = { 'Fn::Equals': [{ Ref: 'Day' }, 'SUN'] };

describe('the rules of a template', () => {
  it('let a deployment pass that keeps them', () => {
    expect(() => assertRules(demanding(isSunday), { Day: 'SUN' })).not.toThrow();
  });

  it('refuse one that breaks them, with the text of the assertion', () => {
    expect(() => assertRules(demanding(isSunday), { Day: 'MON' })).toThrow(
      new BadInput('template.yaml, rule OnSundays: Deploy on a Sunday.'),
    );
  });

  it.each([
    ['a condition, which CloudFormation does not know there', { Condition: 'HasEmail' }, 'HasEmail is not known'],
    ['a choice, which it does not know there', { 'Fn::If': ['HasEmail', true, false] }, 'Fn::If is not known'],
    [
      'a choice further within',
      { 'Fn::Equals': [{ 'Fn::If': ['HasEmail', 'a', 'b'] }, 'a'] },
      'the condition HasEmail is not known',
    ],
    ['a resource', { 'Fn::Equals': [{ Ref: 'Topic' }, ''] }, 'Topic is not known'],
    [
      'a function of rules that is not in use here',
      { 'Fn::EachMemberIn': [['a'], ['a']] },
      'Fn::EachMemberIn is not known',
    ],
  ])('may not name %s', (_, assertion, message) => {
    expect(() => assertRules(demanding(assertion), { Day: 'SUN' })).toThrow(message);
  });

  it('may not have a condition of their own, which would be overlooked', () => {
    expect(() => assertRules(demanding(isSunday, { RuleCondition: isSunday }), { Day: 'SUN' })).toThrow(
      'OnSundays: RuleCondition is not known in a rule',
    );
  });
});
