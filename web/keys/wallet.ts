/** A wallet that the reader has installed (EIP-1193). What it returns is checked before it is believed. */
import { hex0x, utf8 } from "../verify/bytes.ts";
import { YinxinError } from "../verify/errors.ts";
import { signatureOf } from "./secp.ts";
import type { Signer } from "./signer.ts";
import { messageDigest, type TypedData, typedDigest } from "./typed.ts";

/** What wallets put on the page. */
export interface Provider {
  request(what: { readonly method: string; readonly params?: readonly unknown[] }): Promise<unknown>;
}

/** A wallet said no, or failed. */
export class WalletFault extends YinxinError {}

/** The wallet of this browser, if there is one. */
export function installedWallet(): Provider | undefined {
  const found = (globalThis as { ethereum?: Provider }).ethereum;
  return typeof found?.request === "function" ? found : undefined;
}

/** Asks the wallet for an account. Throws WalletFault: the reader said no, or there is no account. */
export async function openWallet(provider: Provider): Promise<Signer> {
  const accounts = await asked(provider, "eth_requestAccounts", []);
  const first: unknown = Array.isArray(accounts) ? accounts[0] : undefined;
  if (typeof first !== "string" || !/^0x[0-9a-fA-F]{40}$/.test(first)) {
    throw new WalletFault("the wallet named no account", "wallet.account");
  }
  const address = first.toLowerCase();
  let over = false;
  const sign = async (method: string, params: readonly unknown[], digest: Uint8Array): Promise<string> => {
    if (over) throw new WalletFault("this wallet was let go", "keys.forgotten");
    return signatureOf(await asked(provider, method, params), digest, address);
  };
  return {
    address,
    kind: "wallet",
    signTypedData: (data: TypedData) =>
      sign("eth_signTypedData_v4", [address, JSON.stringify(data)], typedDigest(data)),
    signMessage: (message) => {
      const body = typeof message === "string" ? utf8(message) : message;
      return sign("personal_sign", [hex0x(body), address], messageDigest(body));
    },
    forget: () => {
      over = true;
    },
  };
}

async function asked(provider: Provider, method: string, params: readonly unknown[]): Promise<unknown> {
  try {
    return await provider.request({ method, params });
  } catch (error) {
    const { code, message } = (error ?? {}) as { code?: unknown; message?: unknown };
    if (code === 4001) throw new WalletFault("the wallet's owner said no", "wallet.refused");
    throw new WalletFault(String(message ?? "the wallet failed").slice(0, 300), "wallet.failed");
  }
}
