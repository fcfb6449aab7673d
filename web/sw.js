/**
 * The service worker. It caches the whole site, so that Onsight works offline. It also adds headers that the host may not
 * send: those that networks need to run in several threads, and the security policy of workers.
 *
 * Each build has its own cache, and its files are checked against their hashes. A new build waits until the user agrees
 * (`page/shell/offline.js`), so that no page mixes the files of two builds. `worker/assets.js` caches the engine's large
 * files by their hashes.
 */

const { build: BUILD, policies: POLICIES } = /* written by the build */ { build: "", policies: { page: "", worker: "" } };

const SITE_CACHE = "onsight-site-";
const CACHE = SITE_CACHE + BUILD;

/** Where `worker/assets.js` caches the engine's files, under URLs that include their hashes. */
const ASSETS_CACHE = "onsight-assets-1";

/** Holds pictures shared by another app until the page reads them (`page/shell/share-target.js`). */
const SHARED_CACHE = "onsight-shared";
const SHARE_PATH = "share";

const worker = /** @type {ServiceWorkerGlobalScope} */ (/** @type {unknown} */ (self));
const BASE = new URL("./", location.href);

worker.addEventListener("install", (event) => event.waitUntil(keepSite()));

worker.addEventListener("activate", (event) => event.waitUntil(forgetOthers().then(() => worker.clients.claim())));

worker.addEventListener("message", ({ data }) => {
  if (data?.kind === "update") void worker.skipWaiting();
});

worker.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (!url.href.startsWith(BASE.href)) return;
  const path = url.pathname.slice(BASE.pathname.length);
  if (url.searchParams.has("sha256")) event.respondWith(answerAsset(request));
  else if (request.method === "POST" && path === SHARE_PATH) event.respondWith(receive(request));
  else if (request.method === "GET") event.respondWith(answer(request, path));
});

/** Fetch and cache every file of this build. If one fails, none is kept. */
async function keepSite() {
  const manifest = await (await fetched("manifest.json")).json();
  if (manifest.build !== BUILD) throw new Error("The host has a different build from this service worker's.");
  const cache = await caches.open(CACHE);
  try {
    await Promise.all(
      Object.entries(manifest.site).map(async ([path, integrity]) => {
        await cache.put(new URL(path, BASE), withHeaders(await fetched(path, { integrity }), path));
      }),
    );
    const text = new Response(JSON.stringify(manifest), { headers: JSON_TYPE });
    await cache.put(new URL("manifest.json", BASE), withHeaders(text, "manifest.json"));
  } catch (error) {
    await caches.delete(CACHE);
    throw error;
  }
}

const JSON_TYPE = { "content-type": "application/json" };

/**
 * @param {string} path
 * @param {RequestInit} [options]
 */
async function fetched(path, options = {}) {
  const response = await fetch(new URL(path, BASE), { cache: "no-cache", ...options });
  if (!response.ok) throw new Error(`${path} was answered with ${response.status}.`);
  return response;
}

async function forgetOthers() {
  const names = (await caches.keys()).filter((name) => name.startsWith(SITE_CACHE) && name !== CACHE);
  await Promise.all(names.map((name) => caches.delete(name)));
}

/**
 * Answer with the cached response, which has its headers already. If the body were streamed through this service worker,
 * the worker would be busy until the last byte, and a page closed halfway could delay the next build for minutes.
 * @param {Request} request
 * @param {string} path below the site's folder
 */
async function answer(request, path) {
  const cache = await caches.open(CACHE);
  const kept = await cache.match(new URL(path || "index.html", BASE));
  return kept ?? withHeaders(await fetch(request), path);
}

/**
 * Answer with a file of the engine, unmodified: browsers cache compiled code only for unmodified cached responses.
 * @param {Request} request
 */
async function answerAsset(request) {
  return (await (await caches.open(ASSETS_CACHE)).match(request.url)) ?? fetch(request);
}

/**
 * @param {Response} response
 * @param {string} path
 */
function withHeaders(response, path) {
  if (response.type === "opaque" || response.type === "opaqueredirect") return response;
  const headers = new Headers(response.headers);
  headers.set("cross-origin-opener-policy", "same-origin");
  headers.set("cross-origin-embedder-policy", "require-corp");
  headers.set("cross-origin-resource-policy", "same-origin");
  const policy = /^(?:worker|runtime)\//.test(path) ? POLICIES.worker : POLICIES.page;
  if (policy) headers.set("content-security-policy", policy);
  const { status, statusText } = response;
  const body = [101, 204, 205, 304].includes(status) ? null : response.body;
  return new Response(body, { status, statusText, headers });
}

/**
 * Store pictures that another app shared, then show the page, which reads them from the cache.
 * @param {Request} request
 */
async function receive(request) {
  const form = await request.formData();
  const cache = await caches.open(SHARED_CACHE);
  const pictures = form.getAll("pictures").filter((entry) => entry instanceof File);
  await Promise.all(
    pictures.map((file, index) => {
      const headers = { "content-type": file.type || "application/octet-stream", "x-name": encodeURIComponent(file.name) };
      return cache.put(new URL(`shared/${Date.now()}-${index}`, BASE), new Response(file, { headers }));
    }),
  );
  return Response.redirect(BASE.href, 303);
}
