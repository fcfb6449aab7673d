/**
 * The files that were added in this visit, by their paths in the library. A path alone does not identify a file: another
 * folder with the same name may be added later. So files stay grouped as they were added, and the files beside a picture
 * are only those of its own group.
 */

/** @typedef {() => Promise<File>} Opener */

/** The files of a folder, by their plain name without the suffix. @typedef {Map<string, {name: string, open: Opener}[]>} Listing */

/** Files that were added at once. */
class Group {
  /** By folder and name. @type {Map<string, Map<string, Opener>>} */
  folders = new Map();
  /** Whether these are all the files of their folders, and not only the pictures and their sidecars. */
  isComplete = false;
  /** @type {Map<string, Listing>} */
  #listings = new Map();

  /**
   * @param {string} folder
   * @param {string} name
   * @param {Opener} open
   */
  add(folder, name, open) {
    const files = this.folders.get(folder) ?? new Map();
    this.folders.set(folder, files.set(name, open));
    this.#listings.delete(folder);
  }

  /** @param {string} folder */
  listing(folder) {
    const listing = this.#listings.get(folder) ?? listingOf(this.folders.get(folder) ?? []);
    this.#listings.set(folder, listing);
    return listing;
  }
}

/** A picture's place in the library. @typedef {{folder: string, name: string}} Place */

export class KnownFiles {
  /** By the key of an arrival, or the arrival itself. @type {Map<string | object, Group>} */
  #groups = new Map();
  /** The group that a path was last added with. @type {Map<string, Group>} */
  #latest = new Map();

  /**
   * @param {string} path in the library, with `/`
   * @param {Opener} open
   * @param {string | object} [added] the same for all files that were added at once
   */
  add(path, open, added = {}) {
    const group = this.#groups.get(added) ?? new Group();
    this.#groups.set(added, group);
    this.#add(group, path, open);
  }

  /**
   * Add all files of a folder or archive.
   * @param {Iterable<{path: string, open: Opener}>} files
   */
  addComplete(files) {
    const group = new Group();
    group.isComplete = true;
    for (const { path, open } of files) this.#add(group, path, open);
  }

  /**
   * @param {Group} group
   * @param {string} path
   * @param {Opener} open
   */
  #add(group, path, open) {
    const slash = path.lastIndexOf("/");
    group.add(path.slice(0, Math.max(0, slash)), path.slice(slash + 1), open);
    this.#latest.set(path, group);
  }

  /** @param {Place} picture @returns {Opener | undefined} */
  openerOf(picture) {
    return this.around(picture)?.get(picture.name);
  }

  /** @param {Place} picture @returns {boolean} whether all files beside a picture are known */
  isComplete(picture) {
    return this.#groupOf(picture)?.isComplete ?? false;
  }

  /** @param {Place} picture @returns {ReadonlyMap<string, Opener> | undefined} the files of its folder, by name */
  around(picture) {
    return this.#groupOf(picture)?.folders.get(picture.folder);
  }

  /** @param {Place} picture @returns {Listing} the files of its folder */
  listing(picture) {
    return this.#groupOf(picture)?.listing(picture.folder) ?? new Map();
  }

  /** @param {Place} picture */
  #groupOf({ folder, name }) {
    return this.#latest.get(folder ? `${folder}/${name}` : name);
  }
}

/**
 * @param {Iterable<[name: string, open: Opener]>} files
 * @returns {Listing}
 */
export function listingOf(files) {
  /** @type {Listing} */
  const listing = new Map();
  for (const [name, open] of files) {
    const key = plainName(stemOf(name));
    const same = listing.get(key);
    if (same) same.push({ name, open });
    else listing.set(key, [{ name, open }]);
  }
  return listing;
}

/** @param {string} name */
export function stemOf(name) {
  return name.replace(/\.[^.]*$/, "");
}

/**
 * A name without the differences that some disks ignore.
 * @param {string} name
 */
export function plainName(name) {
  return name.normalize("NFC").toLowerCase();
}
