/** A classification in a few words. The words themselves are Python's. */

import { formatPercent } from "../lib/format.js";

/** @import { Classification } from "../../protocol.d.ts" */

/**
 * "Cat · 97%".
 * @param {Classification} result
 */
export function shortAnswer({ label, score, certain }) {
  return certain ? `${label} · ${formatPercent(score)}` : label;
}
