/** Saves files that are made one after another in one ZIP archive, or in several if one would become too large. */

import { download } from "../lib/download.js";

/** @import { Onsight } from "../client.js" */

/** Files beyond this go into another archive, because an archive is made in memory. */
const MAX_ARCHIVE_BYTES = 200_000_000;

export class Archives {
  #onsight;
  #name;
  #signal;
  /** @type {File[]} */
  #files = [];
  #bytes = 0;
  #count = 0;

  /**
   * @param {Onsight} onsight
   * @param {string} name of the archives, without a suffix
   * @param {AbortSignal} signal
   */
  constructor(onsight, name, signal) {
    this.#onsight = onsight;
    this.#name = name;
    this.#signal = signal;
  }

  /** @param {File} file */
  async add(file) {
    if (this.#files.length && this.#bytes + file.size > MAX_ARCHIVE_BYTES) await this.finish();
    this.#files.push(file);
    this.#bytes += file.size;
  }

  /** Save the files that are not saved yet. */
  async finish() {
    if (!this.#files.length) return;
    const suffix = this.#count++ ? `-${this.#count}` : "";
    const files = this.#files;
    this.#files = [];
    this.#bytes = 0;
    const file = await this.#onsight.archive(files, { name: `${this.#name}${suffix}`, signal: this.#signal });
    download(file, file.name);
  }
}
