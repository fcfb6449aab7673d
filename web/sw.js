/**
 * The service worker: keeps the site on this device, whole or not at all, so that it works with the network cut; and adds
 * the headers that give networks threads, and workers their security policy, where the host sends none.
 *
 * A build's files are kept under its name, checked against its hashes. The next build waits until a person consents
 * (`page/shell/offline.js`), so that no page is made of the files of two. The engine's large files are kept by
 * `worker/assets.js`, by their hashes.
 */

const { build: BUILD, policies: POLICIES } = /* written by the build */ { build: "", policies: { page: "", worker: "" } };

const SITE_CACHE = "onsight-site-";
const CACHE = SITE_CACHE + BUILD;

/** Where `worker/assets.js` keeps the engine's files, under addresses that name their hashes. */
const ASSETS_CACHE = "onsight-assets-1";

/** Pictures that another app shared, until the page takes them (`page/shell/share-target.js`). */
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

/** Fetch every file of this build, and keep all of them or none. */
async function keepSite() {
  const manifest = await (await fetched("manifest.json")).json();
  if (manifest.build !== BUILD) throw new Error("The host holds another build than this service worker's.");
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
 * Give out a file as it is kept, headers included. A body that passed through here would count as work of this service
 * worker until its last byte, and a page that went in the middle could hold up the next build for minutes.
 * @param {Request} request
 * @param {string} path below the site's folder
 */
async function answer(request, path) {
  const cache = await caches.open(CACHE);
  const kept = await cache.match(new URL(path || "index.html", BASE));
  return kept ?? withHeaders(await fetch(request), path);
}

/**
 * Give out a file of the engine as it is kept: a browser keeps compiled code only of an answer that is left as it is.
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
 * Take pictures from another app, then show the page, which fetches them from where they are put.
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
