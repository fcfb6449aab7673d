/**
 * Everything that Onsight keeps on this device: the one list from which the Privacy page describes it, measures it and
 * deletes it. Whatever is kept under a name that is not here fails a test (tests/e2e/test_page_privacy.py).
 */

/**
 * @typedef {object} StoredData
 * @property {string} title
 * @property {string} what
 * @property {string} why
 * @property {string} until when it goes by itself, or how it is deleted by itself
 * @property {string} where in the browser's own terms
 * @property {string[]} [local] keys of localStorage
 * @property {string[]} [session] keys of sessionStorage
 * @property {string[]} [folders] of the origin's private file system
 * @property {string[]} [databases] of IndexedDB
 * @property {string[]} [caches] of the Cache API; a name that ends in `*` stands for all that begin so
 * @property {boolean} [hasServiceWorker]
 */

/** @type {readonly StoredData[]} */
export const STORED_DATA = [
  {
    title: "Libraries",
    what:
      "Of each picture that you add in Organise: its name, folder, size and date, hashes of its content, a thumbnail, " +
      "what the networks saw in it, what its metadata says (when and with what it was taken, title, description, keywords, " +
      "rating, whether it names a place), and your own tags and corrections. Also your saved searches, the history of " +
      "your changes, and which files could not be opened. Never the picture itself.",
    why: "So that you can search thousands of pictures at once, and need not have them analysed again.",
    until: "Until you take pictures out, or delete the library in Organise.",
    where: "Private files of this site (OPFS); where the browser has none, IndexedDB",
    folders: ["onsight-libraries"],
    databases: ["onsight-libraries"],
  },
  {
    title: "Folders that you chose in Organise",
    what: "Their names, and the browser’s references to them. A reference opens nothing without your permission.",
    why: "So that Organise can ask for a folder again instead of having you look for it.",
    until: "Until you delete everything here.",
    where: "IndexedDB; permissions are in the browser’s settings for this site",
    databases: ["onsight-folders"],
  },
  {
    title: "What you did in Enhance",
    what: "Of the last 500 pictures that you changed: the file’s name, size and date, and your settings. Nothing of the picture.",
    why: "So that a picture that you open again looks as you left it.",
    until: "A picture’s settings go when you reset it.",
    where: "localStorage",
    local: ["onsight.enhance"],
  },
  {
    title: "Your choices in Organise",
    what:
      "The name of the library that was open last, the order, the export format, how you sorted last (with your own " +
      "rules, which may hold words of your searches), whether objects are looked for, the name of a folder whose " +
      "import was interrupted, and the names of a few files that were being moved when the page was closed.",
    why: "So that the next visit goes on as you left it.",
    until: "Until you choose something else, or delete everything here.",
    where: "localStorage",
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
    title: "Your choices for the whole page",
    what: "Light or dark, shortcuts of a single key on or off, networks on the GPU or not.",
    why: "So that you need not choose again.",
    until: "A choice goes when you return to what the page begins with.",
    where: "localStorage",
    local: ["onsight.theme", "onsight.single-keys", "onsight.graphics"],
  },
  {
    title: "The site and its engine",
    what: "The site’s own files: pages, Python, networks. They are the same for everybody and hold nothing of yours.",
    why: "So that the next visit starts at once, and works offline.",
    until: "Older versions go when a new one takes over.",
    where: "Caches, and a service worker",
    caches: ["onsight-assets-1", "onsight-site-*"],
    hasServiceWorker: true,
  },
  {
    title: "Pictures that another app shared",
    what: "The pictures that you share to Onsight with your system’s Share command, for the moment until the page opens.",
    why: "The system hands them to the site before its page is there.",
    until: "The page takes them over and deletes them at once.",
    where: "Caches",
    caches: ["onsight-shared"],
  },
  {
    title: "A note that the page has begun again",
    what: "That the page was loaded a second time, so that networks can use several threads. Where the host needs that.",
    why: "So that it does not do so in circles.",
    until: "Until you close the tab.",
    where: "sessionStorage",
    session: ["onsight.isolated"],
  },
];

/**
 * @typedef {object} Found what is there under the names of an entry
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
 * @returns {Promise<number>} bytes that an entry takes on this device now
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
 * Delete an entry, as far as nothing holds it.
 * @param {StoredData} kept
 */
export async function remove(kept) {
  const found = await find(kept);
  for (const key of found.local) localStorage.removeItem(key);
  for (const key of found.session) sessionStorage.removeItem(key);
  // First, as it may put files into its cache again.
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
 * @returns {Promise<boolean>} whether anything of it is on this device
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
    return []; // storage is forbidden
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
    // this browser has no such files
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
    return [...wanted]; // it does not say: to delete one that is not there does no harm
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

/** This site's own service workers: others of the same host are none of ours. */
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
