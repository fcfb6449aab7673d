/** Creates the Trusted Types policy for worker scripts, which allows only scripts of this site. */

/** @type {TrustedTypePolicy | undefined} */
let policy;

/**
 * @param {URL} url of a worker's script
 * @returns {URL} a trusted URL where the browser enforces Trusted Types, otherwise the same
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
