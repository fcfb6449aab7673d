/** As much of IndexedDB as indexeddb-files.js uses, with transactions that can be made to fail. */

const text = (key) => JSON.stringify(key, (_, value) => (value === Infinity ? "∞" : value));

/** Keys are texts, or a text and a number: compared one after the other. */
function compared([text, number], [otherText, otherNumber]) {
  if (text !== otherText) return text < otherText ? -1 : 1;
  return (number ?? 0) - (otherNumber ?? 0);
}

class Range {
  constructor([name, from], [, to]) {
    Object.assign(this, { name, from, to });
  }

  static bound(lower, upper) {
    return new Range(lower, upper);
  }

  has(key) {
    return Array.isArray(key) && key[0] === this.name && key[1] >= this.from && key[1] <= this.to;
  }
}

export class FakeDatabase {
  /** What has been committed, by name of the store and key. */
  stores = { blocks: new Map(), sizes: new Map() };
  /** How many of the next transactions abort, as they do when there is no room. */
  failures = 0;
  closed = false;

  transaction(_stores, mode = "readonly") {
    if (this.closed) throw new Error("InvalidStateError");
    const changed = Object.fromEntries(Object.entries(this.stores).map(([name, store]) => [name, new Map(store)]));
    const transaction = { objectStore: (name) => this.#store(changed[name]), error: null };
    setImmediate(() => {
      if (mode === "readwrite" && this.failures > 0) {
        this.failures -= 1;
        transaction.error = new Error("QuotaExceededError");
        transaction.onabort?.();
      } else {
        this.stores = changed;
        transaction.oncomplete?.();
      }
    });
    return transaction;
  }

  #store(map) {
    const request = (result) => {
      const asked = { result };
      queueMicrotask(() => asked.onsuccess?.());
      return asked;
    };
    const sorted = () => [...map.values()].sort((one, other) => compared([one.key].flat(), [other.key].flat()));
    return {
      get: (key) => request(map.get(text(key))?.value),
      getAll: (range) => request(sorted().filter(({ key }) => !range || range.has(key)).map(({ value }) => value)),
      getAllKeys: () => request(sorted().map(({ key }) => key)),
      put: (value, key) => request(void map.set(text(key), { key, value: structuredClone(value) })),
      delete: (range) => {
        for (const [id, { key }] of map) if (range instanceof Range ? range.has(key) : id === text(range)) map.delete(id);
      },
    };
  }
}

globalThis.IDBKeyRange = Range;
