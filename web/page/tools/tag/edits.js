/** The user's edits to the tags of each picture. They survive running the tool again and switching to another tool. */

import { Emitter } from "../../lib/emitter.js";

/** @import { Renaming } from "../../../protocol.d.ts" */

/**
 * @typedef {object} Changes
 * @property {readonly string[]} removed ids of wrong tags
 * @property {readonly Renaming[]} renamed
 * @property {readonly string[]} added names
 */

/** @typedef {{changes: Changes, text: string}} Step the changes before an edit, and the edit's description */

/** @type {Changes} */
const NONE = { removed: [], renamed: [], added: [] };

/** @extends {Emitter<{change: Blob}>} */
class Edits extends Emitter {
  /** @type {WeakMap<Blob, Changes>} */
  #byFile = new WeakMap();
  /** @type {WeakMap<Blob, Step[]>} */
  #steps = new WeakMap();

  /**
   * @param {Blob} file
   * @returns {Changes}
   */
  of(file) {
    return this.#byFile.get(file) ?? NONE;
  }

  /**
   * Identifies the edits of a picture; empty if there are none.
   * @param {Blob} file
   */
  key(file) {
    const changes = this.of(file);
    return Object.values(changes).some((list) => list.length) ? JSON.stringify(changes) : "";
  }

  /**
   * Describes the edit that undo would revert, in a few words.
   * @param {Blob} file
   */
  lastStep(file) {
    return this.#steps.get(file)?.at(-1)?.text ?? null;
  }

  /**
   * @param {Blob} file
   * @param {Changes} changes
   * @param {string} text describes the edit, such as "Removed “Dog”"
   */
  set(file, changes, text) {
    this.#steps.set(file, [...(this.#steps.get(file) ?? []), { changes: this.of(file), text }]);
    this.#byFile.set(file, changes);
    this.emit("change", file);
  }

  /** @param {Blob} file */
  undo(file) {
    const step = this.#steps.get(file)?.pop();
    if (!step) return;
    this.#byFile.set(file, step.changes);
    this.emit("change", file);
  }
}

export const edits = new Edits();

/**
 * The renaming that created one of the user's own tags, if one did.
 * @param {Changes} changes
 * @param {string} name
 */
export function renamingTo({ renamed }, name) {
  return renamed.find((renaming) => isSame(renaming.name, name));
}

/**
 * Remove a tag: a tag from the engine is marked as wrong, one of the user's own is deleted.
 * @param {Changes} changes
 * @param {{id: string, name: string, source: string}} tag
 * @returns {Changes}
 */
export function without(changes, { id, name, source }) {
  if (source !== "user") return { ...changes, removed: [...changes.removed, id] };
  const renaming = renamingTo(changes, name);
  return {
    // A renamed tag must not come back under its old name, nor the engine's tag that the user's tag replaced.
    removed: [...new Set([...changes.removed, renaming?.id ?? id])],
    renamed: changes.renamed.filter((one) => one !== renaming),
    added: changes.added.filter((other) => !isSame(other, name)),
  };
}

/**
 * Rename a tag.
 * @param {Changes} changes
 * @param {{id: string, name: string, source: string}} tag
 * @param {string} name
 * @returns {Changes}
 */
export function withName(changes, tag, name) {
  if (tag.source !== "user") return { ...changes, renamed: [...changes.renamed, { id: tag.id, name }] };
  return {
    ...changes,
    renamed: changes.renamed.map((one) => (isSame(one.name, tag.name) ? { ...one, name } : one)),
    added: changes.added.map((other) => (isSame(other, tag.name) ? name : other)),
  };
}

/**
 * Add tags.
 * @param {Changes} changes
 * @param {readonly string[]} names
 * @returns {Changes}
 */
export function withMore(changes, names) {
  const fresh = names.filter((name) => !changes.added.some((other) => isSame(other, name)));
  return { ...changes, added: [...changes.added, ...fresh] };
}

/**
 * Normalise a name as Python does: Unicode NFC, single spaces.
 * @param {string} text
 */
export function tidy(text) {
  return text.normalize("NFC").replace(/\s+/gu, " ").trim();
}

/** @param {string} a @param {string} b */
function isSame(a, b) {
  return a.toLowerCase() === b.toLowerCase();
}
