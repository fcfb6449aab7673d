/** Scripts that are started by their address: blessed where Trusted Types are enforced, and only those of this site. */

/** @type {TrustedTypePolicy | undefined} */
let policy;

/**
 * @param {URL} url of a worker's script
 * @returns {URL}
 */
export function trusted(url) {
  if (!globalThis.trustedTypes) return url;
  policy ??= globalThis.trustedTypes.createPolicy("onsight", {
    createScriptURL(text) {
      if (new URL(text).origin !== location.origin) throw new TypeError(`Not a script of this site: ${text}`);
      return text;
    },
  });
  return /** @type {URL} */ (/** @type {unknown} */ (policy.createScriptURL(url.href)));
}
