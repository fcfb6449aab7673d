/** Groups and compares settings. Python defines their meaning. */

import { t } from "../../lib/texts.js";

/** @import { EnhanceAnalysis, EnhanceControls, EnhancePreset, EnhanceSettings } from "../../../protocol.d.ts" */
/** @import { Onsight } from "../../client.js" */

/** The settings that change the picture's outline. */
export const SHAPE = /** @type {const} */ (["rotate", "straighten", "crop"]);
/** The settings that change its size in pixels. */
export const SIZE = /** @type {const} */ (["upscale", "max_side"]);

/** The settings that change nothing; null until the engine has sent them. @type {EnhanceSettings | null} */
export let neutral = null;
/** @type {Promise<EnhanceControls> | undefined} */
let learning;

/**
 * Ask the engine, once, which controls there are.
 * @param {Onsight} onsight
 * @returns {Promise<EnhanceControls>}
 */
export function learnControls(onsight) {
  learning ??= onsight.enhanceControls({ urgent: true }).then(
    (controls) => {
      neutral = controls.neutral;
      return controls;
    },
    (error) => {
      learning = undefined;
      throw error;
    },
  );
  return learning;
}

/**
 * The presets of a picture, with "Original" after Auto if Auto changes anything.
 * @param {EnhanceAnalysis} analysis
 * @returns {readonly EnhancePreset[]}
 */
export function presetsOf({ settings, presets }) {
  if (!neutral || lookAlike(settings, neutral)) return presets;
  const original = { id: "original", name: t("Original"), settings: neutral };
  return presets.flatMap((preset) => (preset.id === "auto" ? [preset, original] : [preset]));
}

/**
 * Some of the settings.
 * @param {EnhanceSettings} settings
 * @param {readonly (keyof EnhanceSettings)[]} keys
 * @returns {Partial<EnhanceSettings>}
 */
export function pick(settings, keys) {
  return Object.fromEntries(keys.map((key) => [key, settings[key]]));
}

/**
 * All settings except shape and size: how the picture looks.
 * @param {EnhanceSettings} settings
 * @returns {Partial<EnhanceSettings>}
 */
export function lookOf(settings) {
  const others = new Set(/** @type {readonly string[]} */ ([...SHAPE, ...SIZE]));
  return Object.fromEntries(Object.entries(settings).filter(([key]) => !others.has(key)));
}

/**
 * Whether two settings look alike, whatever their shape and size.
 * @param {EnhanceSettings} one
 * @param {EnhanceSettings} other
 */
export function lookAlike(one, other) {
  return Object.entries(lookOf(one)).every(([key, value]) => value === other[/** @type {keyof EnhanceSettings} */ (key)]);
}

/**
 * Whether two settings give the picture the same outline and size.
 * @param {EnhanceSettings} one
 * @param {EnhanceSettings} other
 */
export function shapeAlike(one, other) {
  const keys = [...SHAPE, ...SIZE];
  return JSON.stringify(keys.map((key) => one[key])) === JSON.stringify(keys.map((key) => other[key]));
}

/**
 * Rotate the picture by a quarter turn, together with its crop.
 * @param {EnhanceSettings} settings
 * @param {1 | -1} quarters clockwise
 * @returns {Partial<EnhanceSettings>}
 */
export function turned({ rotate, crop }, quarters) {
  const [x1 = 0, y1 = 0, x2 = 1, y2 = 1] = crop;
  const part = quarters === 1 ? [1 - y2, x1, 1 - y1, x2] : [y1, 1 - x2, y2, 1 - x1];
  return { rotate: (rotate + quarters * 90 + 360) % 360, crop: crop.length ? part : [] };
}

/**
 * @param {EnhanceControls} controls
 * @returns {Map<string, (keyof EnhanceSettings)[]>} keys by group name, without those of the shape
 */
export function groupsOf({ controls }) {
  /** @type {Map<string, (keyof EnhanceSettings)[]>} */
  const groups = new Map();
  for (const { id, group } of controls) {
    const key = /** @type {keyof EnhanceSettings} */ (id);
    if (!(/** @type {readonly string[]} */ (SHAPE).includes(key))) groups.set(group, [...(groups.get(group) ?? []), key]);
  }
  groups.get("Colour")?.push("black_and_white");
  return groups;
}
