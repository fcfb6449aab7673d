/**
 * What a person made of pictures, kept on this device for the next time that they are opened. A picture is known again
 * by its file: name, size and date. Nothing of the picture itself is kept.
 */

import * as local from "../../lib/local-storage.js";

/** @import { EnhanceSettings } from "../../../protocol.d.ts" */

const KEY = "onsight.enhance";
/** The pictures that were changed longest ago are forgotten. */
const MOST = 500;

/**
 * @param {File} file
 * @param {EnhanceSettings} start what the picture starts with
 * @returns {EnhanceSettings | null} what was made of it, if that is known and still fits the controls
 */
export function recall(file, start) {
  const kept = read().get(nameOf(file));
  return kept && fits(kept, start) ? { ...start, ...kept } : null;
}

/**
 * Keep what a picture has now; what it started with needs no memory.
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
 * Whether settings that were kept, perhaps by another version, are of the kinds that are known now.
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
