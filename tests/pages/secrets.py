"""What a page left behind on the device, and what it sent: for tests that look for secrets in both."""

from __future__ import annotations

from dataclasses import dataclass, field

from tests.pages.browser import Visit

DUMP = """async () => {
  const shown = (value) => {
    if (value instanceof Uint8Array) return [...value].map((b) => b.toString(16).padStart(2, '0')).join('');
    if (value instanceof ArrayBuffer) return shown(new Uint8Array(value));
    if (value instanceof CryptoKey) return 'CryptoKey ' + value.extractable;
    if (value !== null && typeof value === 'object') return Object.values(value).map(shown).join(' ');
    return String(value);
  };
  const parts = [JSON.stringify({...localStorage}), JSON.stringify({...sessionStorage}), document.cookie];
  for (const {name} of await indexedDB.databases()) {
    const base = await new Promise((done, failed) => {
      const asked = indexedDB.open(name);
      asked.onsuccess = () => done(asked.result);
      asked.onerror = failed;
    });
    for (const store of base.objectStoreNames) {
      const found = await new Promise((done) => {
        const asked = base.transaction(store).objectStore(store).getAll();
        asked.onsuccess = () => done(asked.result);
      });
      parts.push(name, store, ...found.map(shown));
    }
    base.close();
  }
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    for (const one of await cache.keys()) parts.push(await (await cache.match(one)).text());
  }
  return parts.join('\\n');
}"""


@dataclass
class Wire:
    """Everything that a visit sent, as text."""

    visit: Visit
    sent: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.visit.context.on(
            "request", lambda one: self.sent.append(f"{one.method} {one.url} {one.headers} {one.post_data}")
        )

    def keep_none(self, *secrets: str) -> None:
        """None of them was sent, and none lies in any storage of the browser; the storage is not empty, though."""
        left: str = self.visit.page.evaluate(DUMP)
        assert self.sent
        assert "trust-root" in left or "public" in left
        for secret in secrets:
            assert secret not in left, "a secret lies in the browser's storage"
            assert not any(secret in one for one in self.sent), "a secret was sent"
