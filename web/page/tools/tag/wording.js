/** Describes tags for the heading, the list, the note below the picture and screen readers. */

import { formatCount, formatPercent } from "../../lib/format.js";
import { currentLanguage, plural, t } from "../../lib/texts.js";
import { shownTags } from "./answers.js";

/** @import { Photo, Tag, Tagging } from "../../../protocol.d.ts" */

/** How many tags fit in the list of pictures. */
const FEW = 4;


/** @param {Tagging} result */
export function shortTagging(result) {
  const names = shownTags(result).map(({ name }) => name);
  return names.length ? names.slice(0, FEW).join(", ") : t("No tags");
}

/** @param {readonly Tag[]} tags */
export function headingOf(tags) {
  const own = tags.filter(({ source }) => source === "user").length;
  if (!tags.length) return t("No tags");
  if (!own) return plural(tags.length, "{count} tag", "{count} tags");
  return plural(tags.length, "{count} tag, {own} of them yours", "{count} tags, {own} of them yours", {
    own: formatCount(own),
  });
}

/** @param {Tag} tag */
function sourceOf({ source }) {
  /** @type {Record<string, string>} */
  const sources = {
    classifier: t("recognised by the classifier"),
    scene: t("recognised from the whole picture"),
    detector: t("found by detection"),
    colour: t("measured from the pixels"),
    photo: t("measured from the photo"),
    user: t("your own"),
  };
  return sources[source] ?? source;
}

/**
 * "Face, 98%: recognised by the classifier. Also counts as Person."
 * @param {Tag} tag
 */
export function aboutTag(tag) {
  const values = { name: tag.name, score: formatPercent(tag.score), source: sourceOf(tag) };
  const about = tag.source === "user" ? t("{name}: {source}.", values) : t("{name}, {score}: {source}.", values);
  if (!tag.parents.length) return about;
  return `${about} ${t("Also counts as {parents}.", { parents: tag.parents.join(", ") })}`;
}

/**
 * Facts about the photo that photographers care about.
 * @param {Photo} photo
 * @returns {(readonly [string, string | null])[]}
 */
export function factsOf(photo) {
  const { taken, camera, lens, focal_length_mm: focal, aperture, exposure_s: exposure, iso } = photo;
  const settings = [
    focal === null ? null : t("{number}\u202fmm", { number: formatNumber(focal) }),
    aperture === null ? null : t("f/{number}", { number: formatNumber(aperture) }),
    exposure === null ? null : formatExposure(exposure),
    iso === null ? null : t("ISO {number}", { number: iso }),
  ].filter((fact) => fact !== null);
  return [
    [
      t("Shape"),
      t("{orientation}, {number} megapixels", {
        orientation: orientationName(photo),
        number: formatNumber(photo.megapixels),
      }),
    ],
    [t("Taken"), taken && formatTime(taken)],
    [t("Camera"), camera],
    [t("Lens"), lens],
    [t("Exposure"), settings.length ? settings.join("  ") : null],
    [t("Location"), photo.has_location ? t("In the file") : null],
  ];
}

/** @param {Photo} photo */
function orientationName({ orientation }) {
  /** @type {Record<string, string>} */
  const names = { horizontal: t("Horizontal"), vertical: t("Vertical"), square: t("Square") };
  return names[orientation] ?? orientation;
}

/**
 * "14 Jul 2020, 09:30", with as much as is known.
 * @param {string} taken ISO 8601 without a zone: a time, a day, a month or a year
 */
function formatTime(taken) {
  const [year = 0, month, day, hour, minute] = (taken.match(/\d+/g) ?? []).map(Number);
  const time = Date.UTC(year, (month ?? 1) - 1, day ?? 1, hour ?? 0, minute ?? 0);
  const language = currentLanguage();
  return new Intl.DateTimeFormat(language === "en" ? "en-GB" : language, {
    timeZone: "UTC", // the file does not say in which zone it was taken
    year: "numeric",
    ...(month && { month: "short" }),
    ...(day && { day: "numeric" }),
    ...(hour !== undefined && { hour: "2-digit", minute: "2-digit", hourCycle: "h23" }),
  }).format(time);
}

/** @param {number} seconds */
function formatExposure(seconds) {
  if (seconds < 0.3) return t("1/{number}\u202fs", { number: Math.round(1 / seconds) });
  return t("{number}\u202fs", { number: formatNumber(seconds) });
}

/** @param {number} value */
function formatNumber(value) {
  return value.toLocaleString(currentLanguage(), { maximumFractionDigits: value < 10 ? 1 : 0 });
}
