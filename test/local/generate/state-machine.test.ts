import { aslText } from '../../../local/generate/state-machine.ts';

describe('the text of a state machine', () => {
  it('has a list of names on one line', () => {
    expect(aslText({ Retry: [{ ErrorEquals: ['A', 'B'] }] })).toBe(`{
  "Retry": [
    {
      "ErrorEquals": ["A", "B"]
    }
  ]
}
`);
  });

  const [fitting, tooLong] = [98, 99].map((length) => ({ ErrorEquals: ['x'.repeat(length)], Next: 'A' }));

  it('breaks one that has more than 120 characters with what stands around it, as the formatter does', () => {
    expect(aslText(fitting as object)).toContain(`  "ErrorEquals": ["${'x'.repeat(98)}"],\n`);
    expect(aslText(tooLong as object)).toContain(`  "ErrorEquals": [\n    "${'x'.repeat(99)}"\n  ],\n`);
  });
});
