/** The scanner: starts the page at `/verify` and at `/v#…`, where QR codes point. */
import { byId } from "../ui/dom.ts";
import { now } from "../ui/times.ts";
import { scriptAddress } from "../ui/trusted.ts";
import { App } from "./app.ts";
import { Shift } from "./shift.ts";
import { SERVICE_WORKER } from "./site.ts";
import { Trust } from "./trust.ts";

async function start(): Promise<void> {
  const trust = new Trust();
  const [shift] = await Promise.all([Shift.open(now()), trust.open()]);
  const app = new App(byId("app"), trust, shift);
  app.start();
  if ("serviceWorker" in navigator) await navigator.serviceWorker.register(scriptAddress(SERVICE_WORKER));
}

void start();
