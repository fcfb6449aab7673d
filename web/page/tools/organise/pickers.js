/** The browser's pickers for folders and for files to write, and its permissions. Not all browsers have them. */

import { t } from "../../lib/texts.js";

/** @typedef {"read" | "readwrite"} AccessMode */

/**
 * Methods that TypeScript's DOM types do not declare yet.
 * @typedef {object} Access
 * @property {(options: {mode: AccessMode}) => Promise<PermissionState>} [queryPermission]
 * @property {(options: {mode: AccessMode}) => Promise<PermissionState>} [requestPermission]
 */

/**
 * @typedef {object} Choosers
 * @property {(options: object) => Promise<FileSystemDirectoryHandle>} [showDirectoryPicker]
 * @property {(options: object) => Promise<FileSystemFileHandle>} [showSaveFilePicker]
 */

/** Whether the browser can give access to folders, for reading and writing. */
export function hasDirectoryChooser() {
  return choosers().showDirectoryPicker !== undefined;
}

/**
 * @param {string} id for which the browser remembers the last folder
 * @param {AccessMode} mode
 * @returns {Promise<FileSystemDirectoryHandle | null>} null if the user cancelled
 */
export async function chooseDirectory(id, mode) {
  return unlessDismissed(choosers().showDirectoryPicker?.({ id, mode }));
}

/**
 * @param {string} name suggested to the user
 * @returns {Promise<FileSystemFileHandle | null | undefined>} null if the user cancelled, undefined if the browser has no
 *   such picker
 */
export async function chooseArchive(name) {
  const { showSaveFilePicker } = choosers();
  if (!showSaveFilePicker) return undefined;
  const types = [{ description: t("ZIP archive"), accept: { "application/zip": [".zip"] } }];
  return unlessDismissed(showSaveFilePicker({ id: "onsight-zip", suggestedName: name, types }));
}

/**
 * The browser's permission for a handle, without asking the user.
 * @param {FileSystemHandle} handle
 * @param {AccessMode} mode
 * @returns {Promise<PermissionState>}
 */
export async function permissionFor(handle, mode) {
  return (await /** @type {FileSystemHandle & Access} */ (handle).queryPermission?.({ mode })) ?? "granted";
}

/**
 * Whether a handle may be used. Asks the user if this runs right after a click or key press.
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
