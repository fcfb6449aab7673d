/** Numbers as people read them. */

const NARROW_SPACE = "\u202f";
const number = new Intl.NumberFormat("en");

/** @param {number} count */
export function formatCount(count) {
  return number.format(count);
}

/**
 * "1 picture", "2,000 pictures".
 * @param {number} count
 * @param {string} noun
 */
export function formatPlural(count, noun) {
  return `${formatCount(count)} ${noun}${count === 1 ? "" : "s"}`;
}

/**
 * "97%". Only 1 is shown as "100%" and only 0 as "0%": other scores are at most ">99%" and at least "<1%".
 * @param {number} score in [0, 1]
 */
export function formatPercent(score) {
  const rounded = Math.round(score * 100);
  if (score > 0 && score < 0.01) return "<1%";
  if (score >= 0.995 && score < 1) return ">99%";
  return `${rounded}%`;
}

/** @param {number} milliseconds */
export function formatSeconds(milliseconds) {
  if (milliseconds < 10_000) return `${(milliseconds / 1000).toFixed(2)}${NARROW_SPACE}s`;
  return `${Math.round(milliseconds / 1000)}${NARROW_SPACE}s`;
}

/**
 * "about 3 min left", or nothing where it is soon over.
 * @param {number} milliseconds
 */
export function formatRemaining(milliseconds) {
  if (milliseconds < 8_000) return "";
  if (milliseconds < 90_000) return `about ${Math.ceil(milliseconds / 10_000) * 10} s left`;
  if (milliseconds < 5_400_000) return `about ${Math.round(milliseconds / 60_000)} min left`;
  return `about ${Math.round(milliseconds / 3_600_000)} h left`;
}

/** @param {number} bytes */
export function formatBytes(bytes) {
  if (bytes < 1000) return `${bytes}${NARROW_SPACE}B`;
  if (bytes < 1_000_000) return `${Math.round(bytes / 1000)}${NARROW_SPACE}kB`;
  if (bytes < 1_000_000_000) return `${(bytes / 1_000_000).toFixed(1)}${NARROW_SPACE}MB`;
  return `${(bytes / 1_000_000_000).toFixed(1)}${NARROW_SPACE}GB`;
}
