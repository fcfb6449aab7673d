/**
 * What a person has made of each picture, with the way back. The settings stay while the person goes from picture to
 * picture and from tool to tool; every change can be undone, one that reached many pictures too.
 */

import { Emitter } from "../../lib/emitter.js";
import { t } from "../../lib/texts.js";

/** @import { EnhanceAnalysis, EnhanceSettings } from "../../../protocol.d.ts" */
/** @import { Picture } from "../../workspace/pictures.js" */

/**
 * @typedef {object} Change
 * @property {string} name of what was changed, for people
 * @property {string | null} key changes of one key in a row are one change while the gesture lasts; null for none
 * @property {Map<Picture, {before: EnhanceSettings | null, after: EnhanceSettings}>} steps
 */

/**
 * @typedef {object} Edited
 * @property {EnhanceSettings | null} start what the picture had when it came; null for one that was not looked at
 * @property {EnhanceSettings | null} settings null for those that it will start with
 * @property {Change[]} done the latest last
 * @property {Change[]} undone the latest last
 * @property {string} saved settings that were saved last, as text; those that it started with do not need to be
 */

/** Key presses on one control that follow each other within this time are one change. */
const PAUSE_MS = 900;

/** @extends {Emitter<{change: ReadonlySet<Picture>}>} tells which pictures' settings are others now */
export class Edits extends Emitter {
  /** @type {Map<Picture, Edited>} */
  #records = new Map();
  /** The pictures that were analysed. @type {WeakMap<EnhanceAnalysis, Picture>} */
  #pictures = new WeakMap();
  /** The change that goes on, and until when it can. @type {{change: Change, until: number} | undefined} */
  #open;

  /**
   * Take up a picture, unless it was before.
   * @param {Picture} picture
   * @param {EnhanceAnalysis} analysis whose settings it starts with
   * @param {EnhanceSettings | null} [last] settings that it had when it was open before
   * @returns {boolean} whether it has those again, as a change that can be undone
   */
  begin(picture, analysis, last = null) {
    const { settings } = analysis;
    this.#pictures.set(analysis, picture);
    const record = this.#recordOf(picture);
    if (record.start) return false;
    record.start = settings;
    record.saved = JSON.stringify(settings);
    const isRestored = last !== null && record.settings === null && !areAlike(last, settings);
    if (isRestored) {
      const steps = new Map([[picture, { before: settings, after: last }]]);
      record.done.push({ name: t("your last settings"), key: null, steps });
      record.settings = last;
    }
    record.settings ??= settings;
    this.emit("change", new Set([picture]));
    return isRestored;
  }

  /**
   * The settings of the picture that was analysed, as they are now.
   * @param {EnhanceAnalysis} analysis
   */
  since(analysis) {
    const picture = this.#pictures.get(analysis);
    return (picture && this.of(picture)) ?? analysis.settings;
  }

  /**
   * @param {Picture} picture
   * @returns {EnhanceSettings | null} null for a picture that was neither taken up nor changed with others
   */
  of(picture) {
    return this.#records.get(picture)?.settings ?? null;
  }

  /**
   * What a picture started with, and what it has now; null until it was looked at.
   * @param {Picture} picture
   * @returns {{start: EnhanceSettings, settings: EnhanceSettings} | null}
   */
  both(picture) {
    const { start, settings } = this.#records.get(picture) ?? {};
    return start && settings ? { start, settings } : null;
  }

  /** Whether a person has made something of a picture that is not saved. */
  get hasUnsaved() {
    return [...this.#records.keys()].some((picture) => this.isUnsaved(picture));
  }

  /**
   * Whether a person has made something of this picture that is not saved.
   * @param {Picture} picture
   */
  isUnsaved(picture) {
    const record = this.#records.get(picture);
    return Boolean(record?.settings && JSON.stringify(record.settings) !== record.saved);
  }

  /**
   * @param {Picture} picture
   * @param {Partial<EnhanceSettings>} values
   * @param {string} name of what is changed, for people
   * @param {string | null} [key] see Change
   */
  set(picture, values, name, key = null) {
    this.setAll([picture], () => values, name, key);
  }

  /**
   * Change several pictures as one change. A picture that stays as it is takes part where it is named, so that the
   * change can be undone from there; one that was not looked at yet is changed, too.
   * @param {readonly Picture[]} pictures
   * @param {(picture: Picture) => Partial<EnhanceSettings>} valuesOf
   * @param {string} name
   * @param {string | null} [key]
   * @param {EnhanceSettings | null} [base] of pictures that were not looked at; without it they are left out
   */
  setAll(pictures, valuesOf, name, key = null, base = null) {
    /** @type {Change["steps"]} */
    const steps = new Map();
    for (const picture of pictures) {
      const before = this.of(picture);
      const from = before ?? base;
      if (from) steps.set(picture, { before, after: { ...from, ...valuesOf(picture) } });
    }
    if ([...steps.values()].every(({ before, after }) => before && areAlike(before, after))) return;
    const open = this.#open;
    const goesOn =
      open !== undefined && key !== null && open.change.key === key && performance.now() < open.until && isSame(open.change.steps, steps);
    const change = goesOn ? open.change : { name, key, steps };
    for (const [picture, { before, after }] of steps) {
      const record = this.#recordOf(picture);
      record.settings = after;
      record.undone = [];
      const first = change.steps.get(picture);
      if (goesOn) change.steps.set(picture, { before: first ? first.before : before, after });
      else record.done.push(change);
    }
    // A drag may rest: it goes on until the pointer is let go, which is told by `pause`.
    this.#open = key === null ? undefined : { change, until: Infinity };
    this.emit("change", new Set(steps.keys()));
  }

  /** A gesture has ended: what follows is a change of its own, unless it follows at once. */
  pause() {
    if (this.#open) this.#open.until = performance.now() + PAUSE_MS;
  }

  /** The key of what a person is moving; null while nothing is moved. */
  get moving() {
    return this.#open && performance.now() < this.#open.until ? this.#open.change.key : null;
  }

  /**
   * What would be undone and done again, for people; null where there is nothing.
   * @param {Picture} picture
   */
  names(picture) {
    const record = this.#records.get(picture);
    return { undo: record?.done.at(-1)?.name ?? null, redo: record?.undone.at(-1)?.name ?? null };
  }

  /**
   * Undo the latest change of a picture, in all pictures that it reached and that were not changed since.
   * @param {Picture} picture
   * @returns {{name: string, count: number, left: number} | null} how many it was undone in, and how many were left
   */
  undo(picture) {
    return this.#walk(picture, "done", "undone", "before");
  }

  /**
   * Do again what was undone last; arguments and result as for `undo`.
   * @param {Picture} picture
   */
  redo(picture) {
    return this.#walk(picture, "undone", "done", "after");
  }

  /**
   * The settings of a picture were saved, as they were when that began.
   * @param {Picture} picture
   * @param {EnhanceSettings} settings
   */
  markSaved(picture, settings) {
    const record = this.#records.get(picture);
    if (record) record.saved = JSON.stringify(settings);
  }

  /** @param {readonly Picture[]} pictures */
  forget(pictures) {
    for (const picture of pictures) this.#records.delete(picture);
  }

  /**
   * @param {Picture} picture
   * @returns {Edited}
   */
  #recordOf(picture) {
    let record = this.#records.get(picture);
    if (!record) this.#records.set(picture, (record = { start: null, settings: null, done: [], undone: [], saved: "" }));
    return record;
  }

  /**
   * @param {Picture} picture
   * @param {"done" | "undone"} from
   * @param {"done" | "undone"} to
   * @param {"before" | "after"} side
   */
  #walk(picture, from, to, side) {
    const change = this.#records.get(picture)?.[from].at(-1);
    if (!change) return null;
    this.#open = undefined;
    /** @type {Set<Picture>} */
    const reached = new Set();
    let left = 0;
    for (const [other, step] of change.steps) {
      const record = this.#records.get(other);
      if (!record) continue; // removed meanwhile
      if (record[from].at(-1) !== change) {
        left += 1;
        continue;
      }
      record[from].pop();
      record[to].push(change);
      record.settings = step[side] ?? record.start;
      reached.add(other);
    }
    this.emit("change", reached);
    return { name: change.name, count: reached.size, left };
  }
}

/** The edits of this page's pictures. */
export const edits = new Edits();

/**
 * @param {EnhanceSettings} one
 * @param {EnhanceSettings} other
 */
export function areAlike(one, other) {
  return Object.entries(one).every(
    ([key, value]) => JSON.stringify(value) === JSON.stringify(other[/** @type {keyof EnhanceSettings} */ (key)]),
  );
}

/**
 * @param {Change["steps"]} one
 * @param {Change["steps"]} other
 */
function isSame(one, other) {
  return one.size === other.size && [...one.keys()].every((picture) => other.has(picture));
}
