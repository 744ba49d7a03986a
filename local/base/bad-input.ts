/** Bad input of a person: its message is all that they need to see. */
export class BadInput extends Error {
  override name = 'BadInput';
}
