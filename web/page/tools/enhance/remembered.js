/**
 * Remembers the settings of pictures on this device until they are opened again. Pictures are recognised by the name, size
 * and date of their file. The pictures themselves are not stored.
 */

import * as local from "../../lib/local-storage.js";

/** @import { EnhanceSettings } from "../../../protocol.d.ts" */

const KEY = "onsight.enhance";
/** Maximum number of pictures; those changed longest ago are forgotten. */
const MOST = 500;

/**
 * @param {File} file
 * @param {EnhanceSettings} start initial settings of the picture
 * @returns {EnhanceSettings | null} the remembered settings, if there are any that fit the current controls
 */
export function recall(file, start) {
  const kept = read().get(nameOf(file));
  return kept && fits(kept, start) ? { ...start, ...kept } : null;
}

/**
 * Remember the settings of a picture, unless they are the initial ones.
 * @param {File} file
 * @param {EnhanceSettings} settings
 * @param {EnhanceSettings} start
 */
export function remember(file, settings, start) {
  const all = read();
  const name = nameOf(file);
  const isStart = JSON.stringify(settings) === JSON.stringify(start);
  if (isStart && !all.has(name)) return;
  all.delete(name);
  if (!isStart) all.set(name, settings);
  local.remember(KEY, all.size ? JSON.stringify([...all].slice(-MOST)) : null);
}

/** @returns {Map<string, EnhanceSettings>} the latest last */
function read() {
  try {
    return new Map(JSON.parse(local.recall(KEY) ?? "[]"));
  } catch {
    return new Map();
  }
}

/** @param {File} file */
function nameOf({ name, size, lastModified }) {
  return `${name} ${size} ${lastModified}`;
}

/**
 * Whether stored settings, perhaps from another version, have the keys and types of the current ones.
 * @param {EnhanceSettings} kept
 * @param {EnhanceSettings} start
 */
function fits(kept, start) {
  if (typeof kept !== "object" || Array.isArray(kept)) return false;
  return Object.entries(kept).every(([key, value]) => {
    const known = start[/** @type {keyof EnhanceSettings} */ (key)];
    return typeof value === typeof known && Array.isArray(value) === Array.isArray(known);
  });
}
