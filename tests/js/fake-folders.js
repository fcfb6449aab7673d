/**
 * As much of the File System Access API as the page uses, in memory. A `Disk` can be made to fail at any of its steps:
 * once, as a disk does that has an error, or from then on, as it looks to a page that is closed.
 */

const error = (name) => new DOMException(`A fake: ${name}`, name);

export class Disk {
  /** Steps until the failure; none while it is Infinity. */
  left = Infinity;
  isLasting = false;
  root = new FakeFolder(this, "", null);

  /** @param {number} steps that go well @param {{isLasting: boolean}} options whether each later one fails, too */
  failAfter(steps, { isLasting }) {
    this.left = steps;
    this.isLasting = isLasting;
  }

  heal() {
    this.left = Infinity;
  }

  /** Takes a turn of the event loop, as real disks do. */
  async step() {
    await undefined;
    this.left -= 1;
    if (this.left >= 0) return;
    if (!this.isLasting) this.left = Infinity;
    throw error("UnknownError");
  }

  /** Put a file there at once. @param {string} path @param {string} content */
  put(path, content) {
    const parts = path.split("/");
    let folder = this.root;
    for (const part of parts.slice(0, -1)) {
      if (!folder.entries_.has(part)) folder.entries_.set(part, new FakeFolder(this, part, folder));
      folder = folder.entries_.get(part);
    }
    folder.entries_.set(parts.at(-1), new FakeFile(this, parts.at(-1), folder, content));
  }

  /** @param {string} path @returns {FakeFolder} */
  folder(path) {
    return path.split("/").reduce((folder, part) => folder.entries_.get(part), this.root);
  }

  /** @returns {Record<string, string>} the content of all files by path */
  files() {
    const found = {};
    const look = (folder, prefix) => {
      for (const [name, entry] of folder.entries_) {
        if (entry.kind === "file") found[prefix + name] = entry.content;
        else look(entry, `${prefix}${name}/`);
      }
    };
    look(this.root, "");
    return found;
  }
}

class Handle {
  constructor(disk, name, parent) {
    Object.assign(this, { disk, name, parent });
  }

  async isSameEntry(other) {
    return other === this;
  }

  async queryPermission() {
    return "granted";
  }
}

class FakeFolder extends Handle {
  kind = "directory";
  entries_ = new Map();

  async #get(name, kind, create, make) {
    await this.disk.step();
    const known = this.entries_.get(name);
    if (known && known.kind !== kind) throw error("TypeMismatchError");
    if (known) return known;
    if (!create) throw error("NotFoundError");
    const made = make();
    this.entries_.set(name, made);
    return made;
  }

  getFileHandle(name, { create = false } = {}) {
    return this.#get(name, "file", create, () => new FakeFile(this.disk, name, this, ""));
  }

  getDirectoryHandle(name, { create = false } = {}) {
    return this.#get(name, "directory", create, () => new FakeFolder(this.disk, name, this));
  }

  async removeEntry(name) {
    await this.disk.step();
    if (!this.entries_.has(name)) throw error("NotFoundError");
    this.entries_.delete(name);
  }

  async resolve(handle) {
    const parts = [];
    for (let at = handle; at; at = at.parent) {
      if (at === this) return parts;
      parts.unshift(at.name);
    }
    return null;
  }

  async *values() {
    await this.disk.step();
    yield* [...this.entries_.values()];
  }
}

class FakeFile extends Handle {
  kind = "file";

  constructor(disk, name, parent, content) {
    super(disk, name, parent);
    this.content = content;
  }

  async getFile() {
    await this.disk.step();
    if (this.parent.entries_.get(this.name) !== this) throw error("NotFoundError");
    return new File([this.content], this.name, { lastModified: 1_600_000_000_000 });
  }

  /** What is written takes the file's place when it is closed. */
  async createWritable() {
    await this.disk.step();
    let written = "";
    return {
      write: async (data) => {
        await this.disk.step();
        written += await data.text();
      },
      close: async () => {
        await this.disk.step();
        this.content = written;
      },
      abort: async () => {},
    };
  }
}
