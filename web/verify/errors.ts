/** The kinds of fault a check knows, with stable codes: as `chain/kernel/errors.py`. */

/** A fault with a code that programs may rely on; `message` is one English sentence. */
export class YinxinError extends Error {
  constructor(
    message: string,
    readonly code: string,
  ) {
    super(message);
    this.name = new.target.name;
  }
}

/** What was given breaks a rule: malformed, out of bounds, in another form. */
export class InvalidInput extends YinxinError {}

/** An outside part did not answer, or something cannot be judged here. It says nothing about the certificate. */
export class Unavailable extends YinxinError {}

/** A step that must not be taken now; the code is the command's. */
export class Refused extends YinxinError {
  constructor(
    code: string,
    /** Values for the words. */
    readonly values: Readonly<Record<string, string | number>> = {},
  ) {
    super(code, code);
  }
}
