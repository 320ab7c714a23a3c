/**
 * The page's one Trusted Types policy. It makes script addresses and nothing else, and only of our own site's files, so that
 * whatever a document says can never become code (W3C Trusted Types, section 2).
 */

interface Policy {
  createScriptURL(address: string): string;
}

interface Factory {
  createPolicy(name: string, rules: { createScriptURL: (address: string) => string }): Policy;
}

const OWN = /^\/(sw\.js|assets\/[A-Za-z0-9._-]+\.js)$/;

let policy: Policy | undefined;

/** An address of one of our own scripts, as `Worker` and `serviceWorker.register` take it. Throws for any other. */
export function scriptAddress(address: string): string {
  const factory = (globalThis as { trustedTypes?: Factory }).trustedTypes;
  policy ??= factory?.createPolicy("yinxin", { createScriptURL: checked }) ?? { createScriptURL: checked };
  return policy.createScriptURL(address);
}

function checked(address: string): string {
  if (!OWN.test(address)) throw new TypeError(`not one of this site's scripts: ${address}`);
  return address;
}
