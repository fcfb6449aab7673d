/** The loaded pictures and the selected one. All tools share them. */

import { Emitter } from "../lib/emitter.js";

/**
 * @typedef {object} Picture
 * @property {number} id
 * @property {File} file
 * @property {string} name of the file
 * @property {string} path the name with its folders, if they are known
 */

/** @extends {Emitter<{add: Picture[], remove: Picture[], select: Picture | undefined}>} */
export class Pictures extends Emitter {
  /** @type {Picture[]} */
  #items = [];
  /** @type {Map<number, Picture>} */
  #byId = new Map();
  /** @type {Picture | undefined} */
  #selected;
  #lastId = 0;

  /** @returns {readonly Picture[]} */
  get items() {
    return this.#items;
  }

  /** The selected picture, which the tools show. */
  get selected() {
    return this.#selected;
  }

  /** @param {number} id */
  get(id) {
    return this.#byId.get(id);
  }

  /** @param {readonly {file: File, path: string}[]} files */
  add(files) {
    const added = files.map(({ file, path }) => ({ id: ++this.#lastId, file, name: file.name, path }));
    for (const picture of added) {
      this.#items.push(picture);
      this.#byId.set(picture.id, picture);
    }
    this.emit("add", added);
    if (!this.#selected) this.select(added[0]);
  }

  /** @param {Picture} picture */
  remove(picture) {
    const index = this.#items.indexOf(picture);
    if (index < 0) return;
    this.#items.splice(index, 1);
    this.#byId.delete(picture.id);
    if (this.#selected === picture) this.#selected = this.#items[index] ?? this.#items[index - 1];
    this.emit("remove", [picture]);
    this.emit("select", this.#selected);
  }

  clear() {
    const removed = this.#items;
    this.#items = [];
    this.#byId.clear();
    this.#selected = undefined;
    this.emit("remove", removed);
    this.emit("select", undefined);
  }

  /** @param {Picture | undefined} picture */
  select(picture) {
    if (this.#selected === picture) return;
    this.#selected = picture;
    this.emit("select", picture);
  }
}
