/** Names and bounds of what a credential, a stamp and a status list say. */
import type { Json } from "./canonical.ts";
import { InvalidInput } from "./errors.ts";

/** 9999-12-31T23:59:59Z. */
export const MAX_TIME = 253_402_300_799;

/** Largest index a credential may carry; whether the list is that long is for the list to say. */
export const MAX_STATUS_INDEX = 2 ** 22 - 1;

/** Root of GB/T 36904 identifiers, with its dot. */
export const IDENTIFIER_ROOT = "1.2.156.3005.2.";

export const FIELD_NAME = /^[A-Za-z][A-Za-z0-9_]{0,63}$/;
const USCC = /^[0-9A-HJ-NP-RTUW-Y]{18}$/;
const TYPE_CODE = /^[0-9A-Z]{21}$/;
const LIST_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,31}$/;
const IDENTIFIER = /^1\.2\.156\.3005\.2\.([0-9A-Z]{21})\.[0-9A-Z]{6,18}\.[0-9A-Z]{7,32}\.[0-9]{3}\.[0-9A-Z]$/;
const STATUS_URI = /^urn:yinxin:status:([^:]+):([^:]+)$/;

export const ISSUER_PREFIX = "urn:uscc:";
export const TYPE_PREFIX = "urn:yinxin:certificate:";
export const TYPE_VERSION = ":1";

/** The USCC, if it has the shape of one. */
export function checkBureau(bureau: Json | undefined): string {
  if (typeof bureau !== "string" || !USCC.test(bureau)) {
    throw new InvalidInput("iss: no unified social credit code", "credential.bureau");
  }
  return bureau;
}

/** The 21-character certificate type code. */
export function checkType(code: Json | undefined): string {
  if (typeof code !== "string" || !TYPE_CODE.test(code)) {
    throw new InvalidInput("vct: no certificate type code", "credential.type");
  }
  return code;
}

/** The name of a status list: 1–32 letters, digits, dots, hyphens, underscores. */
export function checkList(name: Json | undefined): string {
  if (typeof name !== "string" || !LIST_NAME.test(name)) {
    throw new InvalidInput("status: no list name", "credential.status");
  }
  return name;
}

/** An index into a status list. */
export function checkIndex(index: Json | undefined): number {
  if (!isWhole(index) || index > MAX_STATUS_INDEX) throw new InvalidInput("status: no index", "credential.status");
  return index;
}

/** Whole seconds, 1970–9999, and `expires` (null: no end) after `notBefore`. */
export function checkTimes(notBefore: Json | undefined, expires: Json): void {
  if (!isWhole(notBefore) || notBefore > MAX_TIME) {
    throw new InvalidInput("nbf: no time in whole seconds", "credential.time");
  }
  if (expires !== null && (!isWhole(expires) || expires <= notBefore || expires > MAX_TIME)) {
    throw new InvalidInput("exp: no time after nbf", "credential.time");
  }
}

/** A GB/T 36904 identifier, by shape; of that type, if one is given. */
export function checkIdentifier(identifier: Json | undefined, certificateType: string | null): string {
  const found = typeof identifier === "string" ? IDENTIFIER.exec(identifier) : null;
  if (typeof identifier !== "string" || found === null) {
    throw new InvalidInput("certificateIdentifier: not a GB/T 36904 identifier", "credential.identifier");
  }
  if (certificateType !== null && found[1] !== certificateType) {
    throw new InvalidInput("certificateIdentifier: of another type", "credential.identifier");
  }
  return identifier;
}

/** USCC and list name of a status list URI. */
export function readStatusUri(uri: Json | undefined): { bureau: string; list: string } {
  const found = typeof uri === "string" ? STATUS_URI.exec(uri) : null;
  if (found === null) throw new InvalidInput("uri: names no status list", "credential.status");
  return { bureau: checkBureau(found[1]), list: checkList(found[2]) };
}

/** A whole number from 0 to 2^53-1. */
export function isWhole(value: Json | undefined): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}
