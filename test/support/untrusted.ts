/** What people, instances and other programs may write where we read: names, tags, outputs, session owners. */
export const UNTRUSTED_TEXTS = [
  'web-1\r\nReveille succeeded: 1 updated, 0 current, 0 failed, 0 excluded',
  'x\n  i-00000000000000009  dev  updated  1 -> 2, stopped',
  '\u0000\u0007\u001b[2J\u001b[31mred\u009b1m',
  '\u202Etxet desrever\u202C\u200B\uFEFF',
  '"}],"status":"succeeded","x":[{"y":"',
  '$\u007bjndi:ldap://example.com/a} $(reboot) `reboot` %s %d {{x}}',
  '<script>alert(1)</script>',
  '__proto__',
  'constructor',
  'toString',
  '../../lock.json',
  '🙂'.repeat(2000),
  'x'.repeat(50_000),
  '\uD800 half a character \uDC00',
  ' \t\u2028\u2029 ',
  '',
] as const;

/** Control and format characters, and halves of characters; line breaks as well. */
export const UNPRINTABLE = /\p{C}|[\u2028\u2029]/u;
