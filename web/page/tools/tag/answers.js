/**
 * The tags of a picture as they are now: what was found, with what a person changed put over it by Python, and with
 * the threshold of now. A threshold alone is a matter of leaving tags out, which happens here.
 */

import { edits } from "./edits.js";
import { settings } from "./settings.js";

/** @import { HeatMap, Tag, Tagging } from "../../../protocol.d.ts" */
/** @import { CallOptions, Onsight } from "../../client.js" */
/** @import { Changes } from "./edits.js" */

/** What was looked at, and how. @type {WeakMap<Tagging, {file: File, boxes: boolean}>} */
const looks = new WeakMap();

/** By the result of the look. @type {WeakMap<Tagging, {key: string, tags: Tag[]}>} */
const edited = new WeakMap();

/** Where tags are, by the result of the look; asked for when it is wanted first. @type {WeakMap<Tagging, Promise<Map<string, HeatMap | null>>>} */
const places = new WeakMap();

/**
 * Look at a picture.
 * @param {Onsight} onsight
 * @param {File} file
 * @param {CallOptions} options
 * @returns {Promise<Tagging>}
 */
export async function look(onsight, file, options) {
  const { boxes } = settings;
  const result = await onsight.tag(file, { ...options, ...(boxes && { boxes }) });
  looks.set(result, { file, boxes });
  // What a person changed before holds for this look, too.
  await refresh(onsight, result);
  return result;
}

/** @param {Tagging} result of the look */
function lookAt(result) {
  const look = looks.get(result);
  if (!look) throw new TypeError("This is the result of no look.");
  return look;
}

/** @param {Tagging} result of the look */
export function fileOf(result) {
  return lookAt(result).file;
}

/** @param {Tagging} result of the look */
function keyOf(result) {
  return edits.key(fileOf(result));
}

/**
 * Whether the tags are those of the changes of now.
 * @param {Tagging} result of the look
 */
export function isCurrent(result) {
  return (edited.get(result)?.key ?? "") === keyOf(result);
}

/**
 * Have Python put the changes over what was found, until they are those of now.
 * @param {Onsight} onsight
 * @param {Tagging} result of the look
 */
export async function refresh(onsight, result) {
  while (!isCurrent(result)) {
    const key = keyOf(result);
    const tags = key ? await change(onsight, result, edits.of(fileOf(result))) : result.tags;
    edited.set(result, { key, tags });
  }
}

/**
 * Ask Python what the tags are with some changes; it refuses names that are none.
 * @param {Onsight} onsight
 * @param {Tagging} result of the look
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
 * All tags, whether they are shown or not.
 * @param {Tagging} result of the look
 */
export function allTags(result) {
  return edited.get(result)?.tags ?? result.tags;
}

/**
 * The tags that are shown.
 * @param {Tagging} result of the look
 */
export function shownTags(result) {
  return allTags(result).filter((tag) => settings.passes(tag));
}

/**
 * What is copied and saved: the look's result with the tags of now.
 * @param {Tagging} result of the look
 * @returns {Tagging}
 */
export function currentTagging(result) {
  return { ...result, tags: allTags(result).map((tag) => ({ ...tag, shown: settings.passes(tag) })) };
}

/**
 * Where the tags are that were found, by id. Drawing up the maps takes Python as long as all the rest that it does
 * after the network has run, so it happens when somebody wants to see one.
 * @param {Onsight} onsight
 * @param {Tagging} result of the look
 */
export function placesOf(onsight, result) {
  let asked = places.get(result);
  if (!asked) {
    const { file, boxes } = lookAt(result);
    asked = onsight.tag(file, { heatMaps: true, urgent: true, ...(boxes && { boxes }) }).then(
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
 * Whether a change left a tag as it was.
 * @param {Tag} before
 * @param {Tag} now of the same id
 */
function isSame(before, now) {
  return before.name === now.name && before.source === now.source && String(before.parents) === String(now.parents);
}
