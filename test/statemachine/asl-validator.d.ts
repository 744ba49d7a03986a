/** The package has no types of its own. */
declare module 'asl-validator' {
  interface Result {
    isValid: boolean;
    errorsText(separator?: string): string;
  }
  export default function validate(definition: object, options?: { checkPaths?: boolean; checkArn?: boolean }): Result;
}
