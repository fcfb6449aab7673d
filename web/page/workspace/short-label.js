/** A classification in a few words. The label comes from Python. */

import { formatPercent } from "../lib/format.js";

/** @import { Classification } from "../../protocol.d.ts" */

/**
 * "Cat · 97%".
 * @param {Classification} result
 */
export function shortAnswer({ label, score, certain }) {
  return certain ? `${label} · ${formatPercent(score)}` : label;
}
