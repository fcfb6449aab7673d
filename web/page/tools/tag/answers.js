/**
 * The current tags of a picture: the engine's tags, with the user's edits applied by Python, and filtered by the current
 * threshold. A change of the threshold only hides or shows tags, so it needs no request.
 */

import { edits } from "./edits.js";
import { settings } from "./settings.js";

/** @import { HeatMap, Tag, Tagging } from "../../../protocol.d.ts" */
/** @import { CallOptions, Onsight } from "../../client.js" */
/** @import { Changes } from "./edits.js" */

/** The file that each result belongs to, and the options used. @type {WeakMap<Tagging, {file: File, boxes: boolean}>} */
const looks = new WeakMap();

/** The edited tags, by the engine's result. @type {WeakMap<Tagging, {key: string, tags: Tag[]}>} */
const edited = new WeakMap();

/**
 * Where tags are, by the engine's result; requested when first needed.
 * @type {WeakMap<Tagging, Promise<Map<string, HeatMap | null>>>}
 */
const places = new WeakMap();

/**
 * Tag a picture.
 * @param {Onsight} onsight
 * @param {File} file
 * @param {CallOptions} options
 * @returns {Promise<Tagging>}
 */
export async function look(onsight, file, options) {
  const { boxes } = settings;
  const { onEarly, ...others } = options;
  const take = async (/** @type {Tagging} */ result, /** @type {boolean} */ isFinal) => {
    looks.set(result, { file, boxes: boxes && isFinal });
    // The user's earlier edits apply to this result, too.
    await refresh(onsight, result);
    return result;
  };
  let isSettled = false;
  const early = (/** @type {Tagging} */ result) =>
    void take(result, false).then((first) => isSettled || onEarly?.(first), () => {}); // the final result follows
  const result = await onsight.tag(file, { ...others, boxes, ...(onEarly && boxes && { onEarly: early }) });
  isSettled = true;
  return take(result, true);
}

/** @param {Tagging} result of the engine */
function lookAt(result) {
  const look = looks.get(result);
  if (!look) throw new TypeError("This result did not come from the engine.");
  return look;
}

/** @param {Tagging} result of the engine */
export function fileOf(result) {
  return lookAt(result).file;
}

/** @param {Tagging} result of the engine */
function keyOf(result) {
  return edits.key(fileOf(result));
}

/**
 * Whether the tags include the user's latest edits.
 * @param {Tagging} result of the engine
 */
export function isCurrent(result) {
  return (edited.get(result)?.key ?? "") === keyOf(result);
}

/**
 * Ask Python to apply the user's edits, and ask again if they have changed in the meantime.
 * @param {Onsight} onsight
 * @param {Tagging} result of the engine
 */
export async function refresh(onsight, result) {
  while (!isCurrent(result)) {
    const key = keyOf(result);
    const tags = key ? await change(onsight, result, edits.of(fileOf(result))) : result.tags;
    edited.set(result, { key, tags });
  }
}

/**
 * Ask Python to apply edits to the tags. It rejects invalid names.
 * @param {Onsight} onsight
 * @param {Tagging} result of the engine
 * @param {Changes} changes
 */
export async function change(onsight, result, changes) {
  const found = new Map(result.tags.map((tag) => [tag.id, tag]));
  const { tags } = await onsight.editTags(result.tags, { ...changes, urgent: true });
  // A tag that did not change stays the same object.
  return tags.map((tag) => {
    const before = found.get(tag.id);
    return before && isSame(before, tag) ? before : tag;
  });
}

/**
 * All tags, shown or not.
 * @param {Tagging} result of the engine
 */
export function allTags(result) {
  return edited.get(result)?.tags ?? result.tags;
}

/**
 * The tags that describe the picture: the user's own, then the main ones.
 * @param {Tagging} result of the engine
 */
export function shownTags(result) {
  return allTags(result).filter((tag) => settings.passes(tag) && (tag.source === "user" || tag.row === "tags"));
}

/**
 * The other tags that apply, in the rows of the page.
 * @param {Tagging} result of the engine
 */
export function otherTags(result) {
  const others = allTags(result).filter((tag) => tag.source !== "user" && settings.applies(tag));
  return {
    colours: others.filter(({ row }) => row === "colours"),
    style: others.filter(({ row }) => row === "style"),
    rest: others.filter((tag) => tag.row === "tags" && !settings.passes(tag)),
  };
}

/**
 * The sentence about the picture; empty if there is none, or if the user has corrected tags, which it may mention.
 * @param {Tagging} result of the engine
 */
export function sentenceOf(result) {
  const { removed, renamed } = edits.of(fileOf(result));
  return removed.length + renamed.length ? "" : result.description;
}

/**
 * What is copied and saved: the engine's result with the current tags.
 * @param {Tagging} result of the engine
 * @returns {Tagging}
 */
export function currentTagging(result) {
  const tags = allTags(result).map((tag) => {
    const shown = settings.passes(tag);
    // With the user's minimum, a tag is either shown or does not count.
    const level = settings.percent === null ? tag.level : shown ? "main" : "unlikely";
    return { ...tag, shown, level };
  });
  return { ...result, tags, description: sentenceOf(result) };
}

/**
 * Where the tags are, by id. Computing the heat maps takes Python as long as everything else that it does after the
 * network has run, so they are only computed when the user looks at one.
 * @param {Onsight} onsight
 * @param {Tagging} result of the engine
 */
export function placesOf(onsight, result) {
  let asked = places.get(result);
  if (!asked) {
    const { file, boxes } = lookAt(result);
    asked = onsight.tag(file, { heatMaps: true, urgent: true, boxes }).then(
      ({ tags }) => new Map(tags.map(({ id, heat_map }) => [id, heat_map])),
      (error) => {
        places.delete(result);
        throw error;
      },
    );
    places.set(result, asked);
  }
  return asked;
}

/**
 * Whether an edit left a tag unchanged.
 * @param {Tag} before
 * @param {Tag} now of the same id
 */
function isSame(before, now) {
  return before.name === now.name && before.source === now.source && String(before.parents) === String(now.parents);
}
