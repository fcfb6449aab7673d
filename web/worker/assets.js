/**
 * Loads the engine's files: downloads them, checks them against the build's hashes, caches them on this device, and
 * reports progress in bytes.
 *
 * Browsers provide the Cache API and `crypto.subtle` only in secure contexts. Elsewhere, files are downloaded each time
 * and not checked.
 */

const CACHE_NAME = "onsight-assets-1";

/** A file of the engine could not be downloaded, or arrived damaged. */
export class DownloadError extends Error {}

/**
 * @typedef {{bytes: number, sha256: string, gzip?: number}} Asset
 *   gzip: size of the variant NAME.gz, if the site has one
 * @typedef {(stage: "download" | "cache" | "start", fraction: number | null) => void} OnProgress
 *   "start" when all files that are counted have arrived
 * @typedef {{version: string, build: string, boot: string[],
 *   python: {first: string[], later: string[]}, optional: string[], assets: Record<string, Asset>, models: string[],
 *   first_runs: {model: string, feeds: Record<string, number[]>, fetches: string[]}[]}} Manifest
 *   optional: files that are needed only if the user turns on a setting
 *   first_runs: runs on nothing that make the networks of a start ready, feeds by shape
 *   python: archives of Python's files, those that a first label needs, and the rest
 */

export class Assets {
  #base;
  #manifest;
  #counted;
  #isServed;
  #onProgress;
  #received = 0;
  #total;
  #fromNetwork = false;
  /** @type {DownloadError | undefined} */
  #failure;
  /** @type {Promise<Cache | null>} */
  #cache = globalThis.caches ? caches.open(CACHE_NAME).catch(() => null) : Promise.resolve(null);
  #fetch = globalThis.fetch.bind(globalThis);

  /**
   * @param {URL} base folder of the site
   * @param {Manifest} manifest
   * @param {string[]} counted the files that count as progress
   * @param {OnProgress} onProgress
   * @param {boolean} isServed whether a service worker answers this site's requests
   */
  constructor(base, manifest, counted, onProgress, isServed) {
    this.#base = base;
    this.#manifest = manifest;
    this.#counted = new Set(counted);
    this.#onProgress = onProgress;
    this.#isServed = isServed;
    this.#total = weigh(manifest, counted);
  }

  get manifest() {
    return this.#manifest;
  }

  /** The first download that failed. Pyodide, which downloads through this class, hides the cause in its own errors. */
  get failure() {
    return this.#failure;
  }

  /** @param {unknown} error */
  #failed(error) {
    if (error instanceof DownloadError) this.#failure ??= error;
    return error;
  }

  /** @param {string} path */
  #asset(path) {
    const asset = this.#manifest.assets[path];
    if (!asset) throw new Error(`The site is incomplete: ${path} is not in its manifest.`);
    return asset;
  }

  /**
   * @param {string} path relative to the site
   * @param {Promise<void>} [after] what a download waits for
   * @returns {Promise<Uint8Array<ArrayBuffer>>}
   */
  async read(path, after) {
    const kept = await this.kept(path);
    if (kept) {
      this.#count(path, kept.length);
      return kept;
    }
    await after;
    const asset = this.#asset(path);
    const url = new URL(path, this.#base);
    const cache = await this.#cache;
    this.#fromNetwork = true;
    const bytes = await this.#download(url, path, asset).catch((error) => {
      throw this.#failed(error);
    });
    if (!(await hasHash(bytes, asset.sha256))) {
      throw this.#failed(new DownloadError(`${path} arrived damaged: it differs from the file in the build.`));
    }
    // If the disk is full, continue: the file is downloaded again next time.
    const headers = { "content-type": typeOf(path) };
    await cache?.put(this.#key(path), new Response(bytes, { headers })).catch(() => {});
    return bytes;
  }

  /**
   * @param {string} path relative to the site
   * @returns {Promise<Uint8Array<ArrayBuffer> | null>} null if this device has no sound copy
   */
  async kept(path) {
    const cache = await this.#cache;
    const kept = await cache?.match(this.#key(path)).catch(() => undefined);
    if (!kept) return null;
    const bytes = new Uint8Array(await kept.arrayBuffer());
    if (await hasHash(bytes, this.#asset(path).sha256)) return bytes;
    await cache?.delete(this.#key(path));
    return null;
  }

  /**
   * The URL from which the browser can load a cached WebAssembly module through the service worker. Browsers cache the
   * compiled code of modules that they load from a URL.
   * @param {string} path relative to the site
   * @returns {Promise<string | null>} null if there is no intact copy in the cache, or no service worker
   */
  async address(path) {
    if (!this.#isServed) return null;
    const key = this.#key(path);
    const kept = await (await this.#cache)?.match(key).catch(() => undefined);
    if (kept?.headers.get("content-type") !== WASM_TYPE || !(await this.kept(path))) return null;
    this.#count(path, this.#asset(path).bytes);
    return key;
  }

  /**
   * A file's key in the cache.
   * @param {string} path
   */
  #key(path) {
    return `${new URL(path, this.#base).href}?sha256=${this.#asset(path).sha256}`;
  }

  /**
   * @param {URL} url
   * @param {string} path
   * @param {Asset} asset
   */
  async #download(url, path, asset) {
    const body = await this.#open(url, asset);
    if (!body) throw new DownloadError(`${path} came without content.`);
    let bytes = new Uint8Array(asset.bytes);
    let length = 0;
    for (const reader = body.getReader(); ; ) {
      const { done, value } = await reader.read().catch((error) => {
        throw new DownloadError(`${path} was cut off or damaged: ${error}`);
      });
      if (done) break;
      if (length + value.length > bytes.length) bytes = grown(bytes, length + value.length);
      bytes.set(value, length);
      length += value.length;
      this.#count(path, value.length);
    }
    return length === bytes.length ? bytes : bytes.slice(0, length);
  }

  /**
   * Request a file. If the host does not compress it, request the variant that the build has compressed.
   * @param {URL} url
   * @param {Asset} asset
   * @returns {Promise<ReadableStream<Uint8Array> | null>} the uncompressed content
   */
  async #open(url, asset) {
    const response = await request(this.#fetch, url);
    if (asset.gzip === undefined || isEncoded(response) || !globalThis.DecompressionStream) return response.body;
    const variant = await this.#fetch(`${url.href}.gz`).catch(() => null);
    if (!variant?.ok || !variant.body) return response.body;
    await response.body?.cancel();
    // Some hosts send it with a content encoding, so the browser has decompressed it already.
    return isEncoded(variant) ? variant.body : variant.body.pipeThrough(new DecompressionStream("gzip"));
  }

  /**
   * @param {string} path
   * @param {number} bytes of the file, uncompressed
   */
  #count(path, bytes) {
    if (!this.#counted.has(path)) return;
    const asset = this.#asset(path);
    this.#received += (bytes / asset.bytes) * weight(asset);
    if (this.#received > this.#total - 1) this.#onProgress("start", null);
    else this.#onProgress(this.#fromNetwork ? "download" : "cache", this.#received / this.#total);
  }

  /**
   * Handle `fetch` for the engine's files, so that those that Pyodide downloads are counted, checked and cached too.
   */
  serveFetch() {
    globalThis.fetch = async (input, init) => {
      const url = new URL(input instanceof Request ? input.url : input, globalThis.location.href);
      const path = url.href.startsWith(this.#base.href) ? url.href.slice(this.#base.href.length) : "";
      if (!(path in this.#manifest.assets)) return this.#fetch(input, init);
      const address = path.endsWith(".wasm") && (await this.address(path));
      if (address) return this.#fetch(address);
      return new Response(await this.read(path), { headers: { "content-type": typeOf(path) } });
    };
  }

  /** Download every file that the engine may need, one after another to save bandwidth for other requests. */
  async cacheAll() {
    const cache = await this.#cache;
    for (const path of Object.keys(this.#manifest.assets)) {
      // The browser imports modules through the service worker, which caches them with the site's own files.
      if (path.endsWith(".mjs") || this.#manifest.optional.includes(path)) continue;
      if (cache && !(await cache.match(this.#key(path)))) await this.read(path);
    }
  }

  /** Delete cached files that no longer belong to this build. */
  async prune() {
    const cache = await this.#cache;
    if (!cache) return;
    const wanted = new Set(Object.keys(this.#manifest.assets).map((path) => this.#key(path)));
    for (const { url } of await cache.keys()) {
      if (url.startsWith(this.#base.href) && !wanted.has(url)) await cache.delete(url);
    }
  }
}

/**
 * @param {URL} base folder of the site
 * @returns {Promise<Manifest>}
 */
export async function readManifest(base) {
  return (await request(fetch, new URL("manifest.json", base), { cache: "no-cache" })).json();
}

/**
 * @param {Manifest} manifest
 * @param {string[]} paths
 * @returns {number} the total weight of the files in the progress
 */
export function weigh({ assets }, paths) {
  return paths.reduce((sum, path) => sum + weight(/** @type {Asset} */ (assets[path])), 0);
}

/** The content type that lets browsers compile WebAssembly while it is downloaded. */
const WASM_TYPE = "application/wasm";

/** @param {string} path */
function typeOf(path) {
  return path.endsWith(".wasm") ? WASM_TYPE : "application/octet-stream";
}

/**
 * A file's weight in the progress: about the number of bytes to download.
 * @param {Asset} asset
 */
function weight({ bytes, gzip = bytes }) {
  return gzip;
}

/** @param {Response} response */
function isEncoded({ headers }) {
  return headers.has("content-encoding");
}

/**
 * @param {typeof fetch} fetch_
 * @param {URL} url
 * @param {RequestInit} [options]
 */
async function request(fetch_, url, options) {
  const response = await fetch_(url, options).catch((error) => {
    throw new DownloadError(`${url.pathname} could not be reached: ${error}`);
  });
  if (!response.ok) throw new DownloadError(`${url.pathname} was answered with ${response.status}.`);
  return response;
}

/**
 * @param {Uint8Array<ArrayBuffer>} bytes
 * @param {number} length
 */
function grown(bytes, length) {
  const larger = new Uint8Array(Math.max(length, bytes.length * 2));
  larger.set(bytes);
  return larger;
}

/**
 * @param {Uint8Array<ArrayBuffer>} bytes
 * @param {string} sha256 in hex
 */
async function hasHash(bytes, sha256) {
  if (!globalThis.crypto?.subtle) return true;
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("") === sha256;
}
