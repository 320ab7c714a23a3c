/** What a bidder signs for the ledger (EIP-712), and what a custodian signs: docs/formats/tender-digests.md. */
import { recover, signDigest } from "../keys/secp.ts";
import { bigEndian, concat, hex0x, keccak256, padLeft, sha256, unhex0x, utf8 } from "../verify/bytes.ts";

/** One TenderBook on one chain; the address as 0x text. */
export interface Domain {
  readonly chainId: number;
  readonly book: string;
}

/** A bid as its bidder signs it; the members of the EIP-712 type, values of the EVM as 0x text. */
export interface Commitment {
  readonly tender: number;
  readonly lot: number;
  readonly bidder: string;
  readonly version: number;
  readonly recovery: string;
  readonly notAfter: number;
  readonly kindDigest: string;
  readonly file1: string;
  readonly size1: number;
  readonly form1: string;
  readonly file2: string;
  readonly size2: number;
  readonly form2: string;
}

/** A withdrawal; `version` is the bidder's last act plus 1. */
export type Withdrawal = Pick<Commitment, "tender" | "lot" | "bidder" | "version" | "notAfter">;

const DOMAIN = "EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)";
const COMMITMENT =
  "Commitment(uint64 tender,uint32 lot,address bidder,uint32 version,address recovery,uint64 notAfter,bytes32 kindDigest," +
  "bytes32 file1,uint64 size1,bytes32 form1,bytes32 file2,uint64 size2,bytes32 form2)";
const WITHDRAWAL = "Withdrawal(uint64 tender,uint32 lot,address bidder,uint32 version,uint64 notAfter)";
const MOVE = "Move(uint64 tender,uint32 lot,address bidder,address successor,uint32 version,uint64 notAfter)";
const CUSTODY = "Custody(bytes32 commitment)";
const KIND_TAG = concat(utf8("yinxin-kind-v1"), new Uint8Array(18));
const [BID, DECOY] = [1, 2];

/** hashStruct of a commitment: what stands on the ledger, and what custodians sign. */
export function commitmentHash(commitment: Commitment): Uint8Array {
  return structHash(COMMITMENT, commitment);
}

/** hashStruct of a withdrawal. */
export function withdrawalHash({ tender, lot, bidder, version, notAfter }: Withdrawal): Uint8Array {
  return structHash(WITHDRAWAL, { tender, lot, bidder, version, notAfter });
}

/** hashStruct of a move to another address. */
export function moveHash(move: Withdrawal & { readonly successor: string }): Uint8Array {
  return structHash(MOVE, move);
}

/** 65 bytes over a hashStruct, as 0x text, by a private key of 32 bytes. */
export function signStruct(domain: Domain, hash: Uint8Array, secret: Uint8Array): string {
  return hex0x(signDigest(digestOf(domain, hash), secret));
}

/** The account that signed a hashStruct; null if the signature is none. */
export function signerOf(domain: Domain, hash: Uint8Array, signature: Uint8Array): string | null {
  return recover(digestOf(domain, hash), signature);
}

/** The account that signed for the files of a commitment; null if the signature is none. */
export function custodianOf(domain: Domain, commitment: Uint8Array, signature: Uint8Array): string | null {
  return signerOf(domain, structHash(CUSTODY, { commitment: hex0x(commitment) }), signature);
}

/** Salted digest of what a commitment is: a decoy of that custodian (20 bytes), or a bid if none is named. */
export function kindDigest(
  book: Uint8Array,
  tender: number,
  lot: number,
  bidder: Uint8Array,
  salt: Uint8Array,
  custodian: Uint8Array | null = null,
): Uint8Array {
  const place = concat(bigEndian(tender, 8), bigEndian(lot, 4));
  const kind = Uint8Array.of(custodian === null ? BID : DECOY);
  return sha256(concat(KIND_TAG, book, place, bidder, kind, custodian ?? new Uint8Array(20), salt));
}

/** In the order of the type, whatever the order of the object's members is. */
function structHash(type: string, value: object): Uint8Array {
  const given = value as Readonly<Record<string, string | number>>;
  const names = type.slice(type.indexOf("(") + 1, -1).split(",");
  const words = names.map((one) => {
    const found = given[one.split(" ")[1] ?? ""] ?? "";
    return typeof found === "number" ? bigEndian(found, 32) : padLeft(unhex0x(found, "value"), 32);
  });
  return keccak256(concat(keccak256(utf8(type)), ...words));
}

function digestOf({ chainId, book }: Domain, hash: Uint8Array): Uint8Array {
  const names = [DOMAIN, "Yinxin TenderBook", "1"].map((one) => keccak256(utf8(one)));
  const separator = keccak256(concat(...names, bigEndian(chainId, 32), padLeft(unhex0x(book, "book", 20), 32)));
  return keccak256(concat(Uint8Array.of(0x19, 1), separator, hash));
}
