/** The holder's wallet: starts the page at `/wallet`. */
import { SERVICE_WORKER } from "../scan/site.ts";
import { Trust } from "../scan/trust.ts";
import { byId } from "../ui/dom.ts";
import { scriptAddress } from "../ui/trusted.ts";
import { App } from "./app.ts";

async function start(): Promise<void> {
  const trust = new Trust();
  await trust.open();
  await new App(byId("app"), trust).start();
  if ("serviceWorker" in navigator) await navigator.serviceWorker.register(scriptAddress(SERVICE_WORKER));
}

void start();
