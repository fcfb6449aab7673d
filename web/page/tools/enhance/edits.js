/**
 * The settings of each picture, with undo and redo. They are kept while the user switches pictures and tools. Every change
 * can be undone, including a change of several pictures.
 */

import { Emitter } from "../../lib/emitter.js";
import { t } from "../../lib/texts.js";

/** @import { EnhanceAnalysis, EnhanceSettings } from "../../../protocol.d.ts" */
/** @import { Picture } from "../../workspace/pictures.js" */

/**
 * @typedef {object} Change
 * @property {string} name of what was changed, for the user
 * @property {string | null} key consecutive changes with the same key are one change while the gesture lasts; null: never merged
 * @property {Map<Picture, {before: EnhanceSettings | null, after: EnhanceSettings}>} steps
 */

/**
 * @typedef {object} Edited
 * @property {EnhanceSettings | null} start the initial settings; null until the picture is analysed
 * @property {EnhanceSettings | null} settings null for the initial ones
 * @property {Change[]} done the latest last
 * @property {Change[]} undone the latest last
 * @property {string} saved the settings saved last, as JSON; the initial ones count as saved
 */

/** Key presses on one control are one change if they follow each other within this time. */
const PAUSE_MS = 900;

/** @extends {Emitter<{change: ReadonlySet<Picture>}>} `change`: the pictures whose settings changed */
export class Edits extends Emitter {
  /** @type {Map<Picture, Edited>} */
  #records = new Map();
  /** The pictures that were analysed. @type {WeakMap<EnhanceAnalysis, Picture>} */
  #pictures = new WeakMap();
  /** The change that can still be extended, and until when. @type {{change: Change, until: number} | undefined} */
  #open;

  /**
   * Start editing a picture; nothing happens if it has been started before.
   * @param {Picture} picture
   * @param {EnhanceAnalysis} analysis with the initial settings
   * @param {EnhanceSettings | null} [last] settings from the last time it was open
   * @returns {boolean} whether `last` was restored, as a change that can be undone
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
   * The current settings of the analysed picture.
   * @param {EnhanceAnalysis} analysis
   */
  since(analysis) {
    const picture = this.#pictures.get(analysis);
    return (picture && this.of(picture)) ?? analysis.settings;
  }

  /**
   * @param {Picture} picture
   * @returns {EnhanceSettings | null} null for a picture that was neither started nor changed together with others
   */
  of(picture) {
    return this.#records.get(picture)?.settings ?? null;
  }

  /**
   * The initial and the current settings of a picture; null until it is analysed.
   * @param {Picture} picture
   * @returns {{start: EnhanceSettings, settings: EnhanceSettings} | null}
   */
  both(picture) {
    const { start, settings } = this.#records.get(picture) ?? {};
    return start && settings ? { start, settings } : null;
  }

  /** Whether any picture has unsaved changes. */
  get hasUnsaved() {
    return [...this.#records.keys()].some((picture) => this.isUnsaved(picture));
  }

  /**
   * Whether a picture has unsaved changes.
   * @param {Picture} picture
   */
  isUnsaved(picture) {
    const record = this.#records.get(picture);
    return Boolean(record?.settings && JSON.stringify(record.settings) !== record.saved);
  }

  /**
   * @param {Picture} picture
   * @param {Partial<EnhanceSettings>} values
   * @param {string} name of what is changed, for the user
   * @param {string | null} [key] see Change
   */
  set(picture, values, name, key = null) {
    this.setAll([picture], () => values, name, key);
  }

  /**
   * Change several pictures as one change. A listed picture takes part even if its settings stay the same, so that the
   * change can be undone from it. Pictures that are not analysed yet are changed too.
   * @param {readonly Picture[]} pictures
   * @param {(picture: Picture) => Partial<EnhanceSettings>} valuesOf
   * @param {string} name
   * @param {string | null} [key]
   * @param {EnhanceSettings | null} [base] settings of pictures without an analysis; without it they are left out
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
    const isExtended =
      open !== undefined && key !== null && open.change.key === key && performance.now() < open.until && isSame(open.change.steps, steps);
    const change = isExtended ? open.change : { name, key, steps };
    for (const [picture, { before, after }] of steps) {
      const record = this.#recordOf(picture);
      record.settings = after;
      record.undone = [];
      const first = change.steps.get(picture);
      if (isExtended) change.steps.set(picture, { before: first ? first.before : before, after });
      else record.done.push(change);
    }
    // A drag may rest: the change can be extended until the pointer is released and `pause` is called.
    this.#open = key === null ? undefined : { change, until: Infinity };
    this.emit("change", new Set(steps.keys()));
  }

  /** A gesture has ended: the next change is separate unless it follows at once. */
  pause() {
    if (this.#open) this.#open.until = performance.now() + PAUSE_MS;
  }

  /** The key of the control that the user is moving; null if nothing moves. */
  get moving() {
    return this.#open && performance.now() < this.#open.until ? this.#open.change.key : null;
  }

  /**
   * Names of the changes to undo and redo, for the user; null if there is nothing to undo or redo.
   * @param {Picture} picture
   */
  names(picture) {
    const record = this.#records.get(picture);
    return { undo: record?.done.at(-1)?.name ?? null, redo: record?.undone.at(-1)?.name ?? null };
  }

  /**
   * Undo the latest change of a picture, in all the pictures it affected that have not been changed since.
   * @param {Picture} picture
   * @returns {{name: string, count: number, left: number} | null} `count` pictures were reverted, `left` were not
   */
  undo(picture) {
    return this.#walk(picture, "done", "undone", "before");
  }

  /**
   * Redo what was undone last; arguments and result as for `undo`.
   * @param {Picture} picture
   */
  redo(picture) {
    return this.#walk(picture, "undone", "done", "after");
  }

  /**
   * Mark settings of a picture as saved: those with which the save started.
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
      if (!record) continue; // removed in the meantime
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
