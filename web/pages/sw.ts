/**
 * The service worker: keeps the page and its files on the device, so that it opens without a network. It touches nothing but
 * them: what is asked of the service (`/v1/…`) goes through as it is and is never stored, because answers about certificates
 * belong to the moment.
 *
 * Files whose names carry a digest come from the store; the page itself comes from the network if that answers in time, so
 * that a new version is seen at the next visit.
 */

declare const YINXIN_FILES: readonly string[];
declare const YINXIN_VERSION: string;

/** The few members of ServiceWorkerGlobalScope that are used; the library for pages does not know them. */
interface Scope {
  readonly caches: CacheStorage;
  readonly location: { readonly origin: string };
  readonly clients: { claim(): Promise<void> };
  skipWaiting(): Promise<void>;
  addEventListener(kind: "install" | "activate", act: (event: Lifetime) => void): void;
  addEventListener(kind: "fetch", act: (event: Fetched) => void): void;
}

interface Lifetime {
  waitUntil(work: Promise<unknown>): void;
}

interface Fetched extends Lifetime {
  readonly request: Request;
  respondWith(answer: Promise<Response>): void;
}

const scope = self as unknown as Scope;
const STORE = `yinxin-${YINXIN_VERSION}`;

/** Which stored page answers at an address. */
const PAGES: ReadonlyMap<string, string> = new Map([
  ["/verify", "/verify"],
  ["/v", "/verify"],
  ["/wallet", "/wallet"],
]);

/** Milliseconds that the network has before the stored page is shown. */
const PATIENCE = 3000;

scope.addEventListener("install", (event) => {
  event.waitUntil(
    scope.caches
      .open(STORE)
      .then((store) =>
        store.addAll(
          [...YINXIN_FILES, ...new Set(PAGES.values())].map((name) => new Request(name, { cache: "reload" })),
        ),
      )
      .then(() => scope.skipWaiting()),
  );
});

scope.addEventListener("activate", (event) => {
  event.waitUntil(
    scope.caches
      .keys()
      .then((names) => Promise.all(names.filter((name) => name !== STORE).map((name) => scope.caches.delete(name))))
      .then(() => scope.clients.claim()),
  );
});

scope.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== scope.location.origin) return;
  const own = PAGES.get(pathname);
  if (request.mode === "navigate" && own !== undefined) event.respondWith(page(request, own));
  else if (pathname.startsWith("/assets/")) event.respondWith(stored(request));
});

async function stored(request: Request): Promise<Response> {
  return (await scope.caches.match(request)) ?? fetch(request);
}

async function page(request: Request, own: string): Promise<Response> {
  const kept = await scope.caches.match(own);
  if (kept === undefined) return fetch(request);
  try {
    return await fetch(request, { signal: AbortSignal.timeout(PATIENCE) });
  } catch {
    return kept;
  }
}
