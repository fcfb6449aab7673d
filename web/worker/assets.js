/**
 * The files that the engine is made of: fetched once, checked against the build's hashes, kept on this device, and
 * counted while they arrive, so that progress is a real fraction.
 *
 * The Cache API and `crypto.subtle` exist in secure contexts only; without them files are simply fetched.
 */

const CACHE_NAME = "onsight-assets-1";

/** A part of the engine did not arrive, or not whole. */
export class DownloadError extends Error {}

/**
 * @typedef {{bytes: number, sha256: string, gzip?: number}} Asset
 *   gzip: size of the variant NAME.gz, if the site has one
 * @typedef {(stage: "download" | "cache" | "start", fraction: number | null) => void} OnProgress
 *   "start" when all that a start needs has arrived
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
   * @param {boolean} isServed whether a service worker answers what this site asks for
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

  /** The first file that did not arrive. Pyodide, which fetches through here, reports it as something else. */
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
      throw this.#failed(new DownloadError(`${path} arrived damaged: it is not the file that the site was built with.`));
    }
    // A full disk is no reason to stop: the file is fetched again next time.
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
   * Where the browser itself can get a kept WebAssembly module. Of what it gets there, and not from us, it keeps the
   * compiled code as well. The service worker answers.
   * @param {string} path relative to the site
   * @returns {Promise<string | null>} null if this device has no sound copy, or no service worker answers
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
   * Under which name a file is kept.
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
   * Ask for a file as the host compresses it; from one that does not, for the variant that the build has compressed.
   * @param {URL} url
   * @param {Asset} asset
   * @returns {Promise<ReadableStream<Uint8Array> | null>} of the file's own bytes
   */
  async #open(url, asset) {
    const response = await request(this.#fetch, url);
    if (asset.gzip === undefined || isEncoded(response) || !globalThis.DecompressionStream) return response.body;
    const variant = await this.#fetch(`${url.href}.gz`).catch(() => null);
    if (!variant?.ok || !variant.body) return response.body;
    await response.body?.cancel();
    // Some hosts declare such a file as compressed, and the browser has unpacked it.
    return isEncoded(variant) ? variant.body : variant.body.pipeThrough(new DecompressionStream("gzip"));
  }

  /**
   * @param {string} path
   * @param {number} bytes of the file, unpacked
   */
  #count(path, bytes) {
    if (!this.#counted.has(path)) return;
    const asset = this.#asset(path);
    this.#received += (bytes / asset.bytes) * weight(asset);
    if (this.#received > this.#total - 1) this.#onProgress("start", null);
    else this.#onProgress(this.#fromNetwork ? "download" : "cache", this.#received / this.#total);
  }

  /**
   * Pyodide fetches its own parts. Let those requests go through here too, so that they are counted, checked and kept.
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

  /** Have every file of the engine on this device that it may need, one after the other: nobody waits for them. */
  async cacheAll() {
    const cache = await this.#cache;
    for (const path of Object.keys(this.#manifest.assets)) {
      // Modules are imported by the browser, which asks the service worker: the site's own files are kept there.
      if (path.endsWith(".mjs") || this.#manifest.optional.includes(path)) continue;
      if (cache && !(await cache.match(this.#key(path)))) await this.read(path);
    }
  }

  /** Forget kept files that no longer belong to this build. */
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
 * @returns {number} what the files count for in the progress
 */
export function weigh({ assets }, paths) {
  return paths.reduce((sum, path) => sum + weight(/** @type {Asset} */ (assets[path])), 0);
}

/** What browsers compile while it arrives. */
const WASM_TYPE = "application/wasm";

/** @param {string} path */
function typeOf(path) {
  return path.endsWith(".wasm") ? WASM_TYPE : "application/octet-stream";
}

/**
 * What a file counts for in the progress: about what it weighs on its way.
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
