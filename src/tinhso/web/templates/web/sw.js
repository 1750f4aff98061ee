// Keeps the shell and a page for when there is no network. Keeps no page with anybody's data.
const NAME = "tinhso-{{ version }}", OFFLINE = "{{ offline|escapejs }}", STATIC = "{{ static|escapejs }}";
const KEPT = {{ kept|safe }};
{% if live %}// live streams go past the worker: each would keep it awake, and wait for it to wake up
self.addEventListener("install", (event) => event.addRoutes && event.waitUntil(
  event.addRoutes([{ condition: { urlPattern: { pathname: "{{ live|escapejs }}*" } }, source: "network" }]).catch(() => {})));
{% endif %}self.addEventListener("install", (event) => event.waitUntil(
  caches.open(NAME).then((cache) => cache.addAll(KEPT)).then(() => self.skipWaiting())));
self.addEventListener("activate", (event) => event.waitUntil(
  caches.keys().then((names) => Promise.all(names.filter((name) => name !== NAME).map((name) => caches.delete(name))))
    .then(() => self.clients.claim())));
self.addEventListener("fetch", (event) => {
  const request = event.request, address = new URL(request.url);
  if (request.method !== "GET" || address.origin !== location.origin) return;
  if (request.mode === "navigate") {
    event.respondWith(fetch(request).catch(() => caches.match(OFFLINE)));
  } else if (address.pathname.startsWith(STATIC)) {
    event.respondWith(caches.match(request).then((found) => found || fetch(request)));
  }
});
