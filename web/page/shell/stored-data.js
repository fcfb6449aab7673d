/**
 * Everything that Onsight stores on this device. The Privacy page describes, measures and deletes what is in this list. A
 * test fails if anything is stored under a name that is not in it (tests/e2e/test_page_privacy.py).
 */

import { t } from "../lib/texts.js";

/**
 * @typedef {object} StoredData
 * @property {string} title
 * @property {string} what
 * @property {string} why
 * @property {string} until when or how it is deleted
 * @property {string} where in the browser's own terms
 * @property {string[]} [local] keys of localStorage
 * @property {string[]} [session] keys of sessionStorage
 * @property {string[]} [folders] of the origin's private file system
 * @property {string[]} [databases] of IndexedDB
 * @property {string[]} [caches] of the Cache API; `*` at the end of a name matches anything
 * @property {boolean} [hasServiceWorker]
 */

/**
 * The entries have getters, because a translation may be loaded later than this module.
 * @type {readonly StoredData[]}
 */
export const STORED_DATA = [
  {
    get title() {
      return t("Libraries");
    },
    get what() {
      return t(
        "For each picture that you add in Organise: its name, folder, size and date, hashes of its content, a thumbnail, " +
          "what the networks recognised in it, its metadata (when it was taken and with which camera, title, description, " +
          "keywords, rating, and whether it contains a location), and your own tags and corrections. Also your saved " +
          "searches, the history of your changes, and which files could not be opened. Never the picture itself.",
      );
    },
    get why() {
      return t("So that you can search thousands of pictures at once without having them analysed again.");
    },
    get until() {
      return t("Until you remove the pictures, or delete the library in Organise.");
    },
    get where() {
      return t("Private files of this site (OPFS), or IndexedDB if the browser does not support them");
    },
    folders: ["onsight-libraries"],
    databases: ["onsight-libraries"],
  },
  {
    get title() {
      return t("Folders that you chose in Organise");
    },
    get what() {
      return t("Their names, and the browser’s references to them. A reference opens nothing without your permission.");
    },
    get why() {
      return t("So that Organise can ask for access to a folder again without you having to choose it again.");
    },
    get until() {
      return t("Until you delete everything here.");
    },
    get where() {
      return t("IndexedDB; permissions are in the browser’s settings for this site");
    },
    databases: ["onsight-folders"],
  },
  {
    get title() {
      return t("Your edits in Enhance");
    },
    get what() {
      return t(
        "For the last 500 pictures that you edited: the file’s name, size and date, and your settings. Nothing of the " +
          "picture itself.",
      );
    },
    get why() {
      return t("So that a picture looks as you left it when you open it again.");
    },
    get until() {
      return t("Resetting a picture deletes its settings.");
    },
    get where() {
      return "localStorage";
    },
    local: ["onsight.enhance"],
  },
  {
    get title() {
      return t("Your choices in Tag");
    },
    get what() {
      return t("Whether objects are looked for, which tags become keywords, and whether the description is saved with them.");
    },
    get why() {
      return t("So that you do not have to choose again.");
    },
    get until() {
      return t("Until you choose something else, or delete everything here.");
    },
    get where() {
      return "localStorage";
    },
    local: ["onsight.tag.boxes", "onsight.tag.keywords", "onsight.tag.alt-text"],
  },
  {
    get title() {
      return t("Your choices in Organise");
    },
    get what() {
      return t(
        "The name of the library that was open last, the sort order, the export format, how you last sorted pictures into " +
          "folders (with your own rules, which may contain words from your searches), whether objects are detected, the " +
          "name of a folder whose import was interrupted, and the names of files that were being moved when the page was " +
          "closed.",
      );
    },
    get why() {
      return t("So that you can continue where you left off.");
    },
    get until() {
      return t("Until you choose something else, or delete everything here.");
    },
    get where() {
      return "localStorage";
    },
    local: [
      "onsight-library",
      "onsight.organise.detect",
      "onsight.organise.order",
      "onsight.organise.unfinished",
      "onsight.organise.leaving",
      "onsight.organise.export",
      "onsight.organise.sorting",
    ],
  },
  {
    get title() {
      return t("Your choices for the whole page");
    },
    get what() {
      return t("Light or dark theme, single-key shortcuts on or off, and whether networks run on the GPU.");
    },
    get why() {
      return t("So that you do not have to choose again.");
    },
    get until() {
      return t("Returning to the default deletes a choice.");
    },
    get where() {
      return "localStorage";
    },
    local: ["onsight.theme", "onsight.single-keys", "onsight.graphics"],
  },
  {
    get title() {
      return t("The site and its engine");
    },
    get what() {
      return t("The site’s own files: pages, Python, networks. They are the same for everyone and contain nothing of yours.");
    },
    get why() {
      return t("So that the next visit starts quickly, and works offline.");
    },
    get until() {
      return t("A new version replaces the old one.");
    },
    get where() {
      return t("Cache storage, and a service worker");
    },
    caches: ["onsight-assets-1", "onsight-site-*"],
    hasServiceWorker: true,
  },
  {
    get title() {
      return t("Pictures shared by another app");
    },
    get what() {
      return t("Pictures that you share to Onsight with your system’s Share command, until the page opens.");
    },
    get why() {
      return t("The system passes them to the site before the page has loaded.");
    },
    get until() {
      return t("The page deletes them as soon as it has received them.");
    },
    get where() {
      return t("Cache storage");
    },
    caches: ["onsight-shared"],
  },
  {
    get title() {
      return t("A note that the page was reloaded");
    },
    get what() {
      return t("On some hosts, the page has to reload itself once before networks can use several threads.");
    },
    get why() {
      return t("So that it does not reload again and again.");
    },
    get until() {
      return t("Until you close the tab.");
    },
    get where() {
      return "sessionStorage";
    },
    session: ["onsight.isolated"],
  },
];

/**
 * @typedef {object} Found the names of an entry under which something is stored
 * @property {string[]} local
 * @property {string[]} session
 * @property {string[]} folders
 * @property {string[]} databases
 * @property {string[]} caches
 * @property {ServiceWorkerRegistration[]} serviceWorkers
 */

/**
 * @param {StoredData} kept
 * @returns {Promise<Found>}
 */
export async function find(kept) {
  const [folders, databases, cacheNames, serviceWorkers] = await Promise.all([
    folderNames(kept.folders ?? []),
    databaseNames(kept.databases ?? []),
    kept.caches && globalThis.caches ? caches.keys().catch(() => []) : [],
    kept.hasServiceWorker ? registrations() : [],
  ]);
  return {
    local: keysIn("localStorage", kept.local),
    session: keysIn("sessionStorage", kept.session),
    folders,
    databases,
    caches: cacheNames.filter((name) => kept.caches?.some((wanted) => fits(name, wanted))),
    serviceWorkers,
  };
}

/**
 * @param {StoredData} kept
 * @returns {Promise<number>} size of an entry on this device now, in bytes
 */
export async function measure(kept) {
  const found = await find(kept);
  const sizes = await Promise.all([
    ...found.local.map((key) => textBytes(key, localStorage)),
    ...found.session.map((key) => textBytes(key, sessionStorage)),
    ...found.folders.map(folderBytes),
    ...found.databases.map(databaseBytes),
    ...found.caches.map(cacheBytes),
  ]);
  return sizes.reduce((sum, size) => sum + size, 0);
}

/**
 * Delete an entry, except for what is in use.
 * @param {StoredData} kept
 */
export async function remove(kept) {
  const found = await find(kept);
  for (const key of found.local) localStorage.removeItem(key);
  for (const key of found.session) sessionStorage.removeItem(key);
  // The service worker goes first, because it might fill its cache again.
  for (const registration of found.serviceWorkers) await registration.unregister();
  await Promise.all([
    ...found.caches.map((name) => caches.delete(name)),
    ...found.databases.map(deleteDatabase),
    ...found.folders.map(async (name) => {
      const root = await navigator.storage.getDirectory();
      await root.removeEntry(name, { recursive: true });
    }),
  ]);
}

/**
 * @param {StoredData} kept
 * @returns {Promise<boolean>} whether anything of an entry is on this device
 */
export async function isThere(kept) {
  return Object.values(await find(kept)).some((names) => names.length > 0);
}

/**
 * @param {string} name
 * @param {string} wanted
 */
function fits(name, wanted) {
  return wanted.endsWith("*") ? name.startsWith(wanted.slice(0, -1)) : name === wanted;
}

/**
 * @param {"localStorage" | "sessionStorage"} storage
 * @param {readonly string[]} [keys]
 */
function keysIn(storage, keys = []) {
  try {
    return keys.filter((key) => globalThis[storage].getItem(key) !== null);
  } catch {
    return []; // storage is not allowed
  }
}

/** @param {string} key @param {globalThis.Storage} storage */
function textBytes(key, storage) {
  return 2 * (key.length + (storage.getItem(key)?.length ?? 0));
}

/** @param {readonly string[]} wanted */
async function folderNames(wanted) {
  const names = [];
  try {
    const root = wanted.length ? await navigator.storage.getDirectory() : null;
    for await (const name of root?.keys() ?? []) if (wanted.includes(name)) names.push(name);
  } catch {
    // this browser does not support private files
  }
  return names;
}

/** @param {string} name */
async function folderBytes(name) {
  const root = await navigator.storage.getDirectory();
  let bytes = 0;
  for await (const handle of (await root.getDirectoryHandle(name)).values()) {
    if (handle instanceof FileSystemFileHandle) bytes += (await handle.getFile()).size;
  }
  return bytes;
}

/** @param {readonly string[]} wanted */
async function databaseNames(wanted) {
  if (!wanted.length || !globalThis.indexedDB) return [];
  try {
    const there = (await indexedDB.databases()).map(({ name }) => name);
    return wanted.filter((name) => there.includes(name));
  } catch {
    return [...wanted]; // this browser cannot list databases; deleting one that does not exist does no harm
  }
}

/** @param {string} name @returns {Promise<number>} bytes, about */
async function databaseBytes(name) {
  const database = await settled(indexedDB.open(name));
  try {
    let bytes = 0;
    for (const store of database.objectStoreNames) {
      const objects = database.transaction(store).objectStore(store);
      await new Promise((resolve, reject) => {
        const walking = objects.openCursor();
        walking.onerror = () => reject(walking.error);
        walking.onsuccess = () => {
          const cursor = walking.result;
          if (!cursor) return resolve(null);
          const { value } = cursor;
          bytes += 2 * String(cursor.key).length + (value instanceof Uint8Array ? value.byteLength : 100);
          return cursor.continue();
        };
      });
    }
    return bytes;
  } finally {
    database.close();
  }
}

/** @param {string} name */
async function cacheBytes(name) {
  const cache = await caches.open(name);
  const sizes = await Promise.all(
    (await cache.keys()).map(async (key) => {
      const answer = await cache.match(key);
      return answer ? Number(answer.headers.get("content-length")) || (await answer.blob()).size : 0;
    }),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}

/** @param {string} name */
function deleteDatabase(name) {
  return new Promise((resolve, reject) => {
    const deleting = indexedDB.deleteDatabase(name);
    deleting.onsuccess = () => resolve(null);
    deleting.onerror = () => reject(deleting.error);
    deleting.onblocked = () => reject(new Error(`${name} is open elsewhere.`));
  });
}

/** This site's own service workers, without those of other sites on the same host. */
async function registrations() {
  const base = new URL("./", document.baseURI).href;
  try {
    const all = (await navigator.serviceWorker?.getRegistrations()) ?? [];
    return all.filter(({ scope }) => scope === base);
  } catch {
    return [];
  }
}

/**
 * @template T
 * @param {IDBRequest<T>} request
 * @returns {Promise<T>}
 */
function settled(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
