/** The browser's own choosers of folders and files to write to, and its leave to use them; not all browsers have them. */

/** @typedef {"read" | "readwrite"} AccessMode */

/**
 * What the DOM's types do not know yet.
 * @typedef {object} Access
 * @property {(options: {mode: AccessMode}) => Promise<PermissionState>} [queryPermission]
 * @property {(options: {mode: AccessMode}) => Promise<PermissionState>} [requestPermission]
 */

/**
 * @typedef {object} Choosers
 * @property {(options: object) => Promise<FileSystemDirectoryHandle>} [showDirectoryPicker]
 * @property {(options: object) => Promise<FileSystemFileHandle>} [showSaveFilePicker]
 */

/** Whether the browser gives folders away, to read and to write into. */
export function hasDirectoryChooser() {
  return choosers().showDirectoryPicker !== undefined;
}

/**
 * @param {string} id by which the browser remembers where it was last
 * @param {AccessMode} mode
 * @returns {Promise<FileSystemDirectoryHandle | null>} null if the person chose none
 */
export async function chooseDirectory(id, mode) {
  return unlessDismissed(choosers().showDirectoryPicker?.({ id, mode }));
}

/**
 * @param {string} name that is offered
 * @returns {Promise<FileSystemFileHandle | null | undefined>} null if the person chose none, undefined where the browser
 *   has no chooser
 */
export async function chooseArchive(name) {
  const { showSaveFilePicker } = choosers();
  if (!showSaveFilePicker) return undefined;
  const types = [{ description: "ZIP archive", accept: { "application/zip": [".zip"] } }];
  return unlessDismissed(showSaveFilePicker({ id: "onsight-zip", suggestedName: name, types }));
}

/**
 * Whether a handle may be used; nobody is asked.
 * @param {FileSystemHandle} handle
 * @param {AccessMode} mode
 * @returns {Promise<PermissionState>}
 */
export async function permissionFor(handle, mode) {
  return (await /** @type {FileSystemHandle & Access} */ (handle).queryPermission?.({ mode })) ?? "granted";
}

/**
 * Whether a handle may be used; the person is asked where she has just pressed something.
 * @param {FileSystemHandle} handle
 * @param {AccessMode} mode
 * @returns {Promise<boolean>}
 */
export async function mayUse(handle, mode) {
  const access = /** @type {FileSystemHandle & Access} */ (handle);
  const state = await permissionFor(handle, mode);
  if (state !== "prompt" || !navigator.userActivation?.isActive) return state === "granted";
  return (await access.requestPermission?.({ mode }).catch(() => state)) === "granted";
}

/** @returns {Choosers} */
function choosers() {
  return /** @type {Choosers} */ (/** @type {unknown} */ (globalThis));
}

/**
 * @template Handle
 * @param {Promise<Handle> | undefined} choosing
 * @returns {Promise<Handle | null>}
 */
async function unlessDismissed(choosing) {
  try {
    return (await choosing) ?? null;
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") return null;
    throw error;
  }
}
