/** Tags in words, for the heading, the list, the note below the picture and the screen reader. */

import { formatCount, formatPercent, formatPlural } from "../../lib/format.js";
import { shownTags } from "./answers.js";

/** @import { Photo, Tag, Tagging } from "../../../protocol.d.ts" */

/** How many tags the list of pictures has room for. */
const FEW = 4;

/** @type {Record<string, string>} */
const SOURCES = {
  classifier: "seen by the classifier",
  scene: "read from the whole picture",
  detector: "found by detection",
  colour: "measured from the pixels",
  photo: "measured from the photo",
  user: "your own",
};

/** @param {Tagging} result */
export function shortTagging(result) {
  const names = shownTags(result).map(({ name }) => name);
  return names.length ? names.slice(0, FEW).join(", ") : "No tags";
}

/** @param {readonly Tag[]} tags */
export function headingOf(tags) {
  const own = tags.filter(({ source }) => source === "user").length;
  if (!tags.length) return "No tags";
  return `${formatPlural(tags.length, "tag")}${own ? `, ${formatCount(own)} of them yours` : ""}`;
}

/** @param {Tag} tag */
function sourceOf({ source }) {
  return SOURCES[source] ?? source;
}

/**
 * "Face, 98%: seen by the classifier. Counts as Person."
 * @param {Tag} tag
 */
export function aboutTag(tag) {
  const broader = tag.parents.length ? ` Counts as ${tag.parents.join(", ")}, too.` : "";
  const score = tag.source === "user" ? "" : `, ${formatPercent(tag.score)}`;
  return `${tag.name}${score}: ${sourceOf(tag)}.${broader}`;
}

/**
 * Facts of the photo that a person would note.
 * @param {Photo} photo
 * @returns {(readonly [string, string | null])[]}
 */
export function factsOf(photo) {
  const { taken, camera, lens, focal_length_mm: focal, aperture, exposure_s: exposure, iso } = photo;
  const settings = [
    focal === null ? null : `${formatNumber(focal)}\u202fmm`,
    aperture === null ? null : `f/${formatNumber(aperture)}`,
    exposure === null ? null : formatExposure(exposure),
    iso === null ? null : `ISO ${iso}`,
  ].filter((fact) => fact !== null);
  return [
    ["Shape", `${capital(photo.orientation)}, ${formatNumber(photo.megapixels)} megapixels`],
    ["Taken", taken && taken.replace("T", ", ").replace(/:\d\d$/, "")],
    ["Camera", camera],
    ["Lens", lens],
    ["Exposure", settings.length ? settings.join("  ") : null],
    ["Location", photo.has_location ? "In the file" : null],
  ];
}

/** @param {number} seconds */
function formatExposure(seconds) {
  return seconds < 0.3 ? `1/${Math.round(1 / seconds)}\u202fs` : `${formatNumber(seconds)}\u202fs`;
}

/** @param {number} value */
function formatNumber(value) {
  return value.toLocaleString("en", { maximumFractionDigits: value < 10 ? 1 : 0 });
}

/** @param {string} word */
function capital(word) {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
