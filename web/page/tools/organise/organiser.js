/** The parts of Organise that stay active while other tools are shown: the library, imports, access to files. */

import { pathOf } from "./entries.js";
import { Importer } from "./importing.js";
import { completeMoves } from "./leaving.js";
import { Library } from "./library.js";
import { Originals } from "./originals.js";

/** @import { Onsight } from "../../client.js" */
/** @import { App } from "../../workspace/app.js" */

/** @type {WeakMap<App, Organiser>} */
const organisers = new WeakMap();

/**
 * The organiser of this page, created when it is first needed.
 * @param {App} app
 */
export function organiserOf(app) {
  let organiser = organisers.get(app);
  if (!organiser) {
    organiser = new Organiser(app.onsight);
    organisers.set(app, organiser);
    app.background.add(organiser);
  }
  return organiser;
}

export class Organiser {
  /** @param {Onsight} onsight */
  constructor(onsight) {
    this.library = new Library(onsight);
    this.importer = new Importer(onsight, this.library);
    this.originals = new Originals(this.library);
    this.library.on("state", ({ state }) => state === "open" && void completeMoves(this));
    this.importer.on("placed", ({ folder, entry }) => {
      this.originals.remember(pathOf({ ...entry, folder }), entry.open, entry.arrival);
    });
  }

  /** End the import, and release the library and the folders. */
  async close() {
    this.importer.cancel();
    await Promise.all([this.library.close(), this.originals.close()]);
  }

  /** Whether leaving the page would interrupt an import. */
  get busy() {
    // A halted import can be interrupted: its pictures are stored, and a later visit offers to resume it.
    return this.importer.busy && this.importer.state.phase !== "halted";
  }
}
