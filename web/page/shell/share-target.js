/** Receives pictures that are opened with the installed app, or shared to it by another app. */

/** @import { FileWithPath } from "../lib/picture-files.js" */

const SHARED_CACHE = "onsight-shared";

/** @param {(files: FileWithPath[]) => void} receive */
export function setUpShareTarget(receive) {
  takeShared()
    .then((files) => files.length && receive(files))
    .catch(() => {}); // storage is not available, so nothing was shared
  const { launchQueue } = /** @type {{launchQueue?: {setConsumer(use: (launch: {files: FileSystemFileHandle[]}) => void): void}}} */ (
    /** @type {unknown} */ (globalThis)
  );
  launchQueue?.setConsumer(async ({ files: handles }) => {
    const files = await Promise.all(handles.map((handle) => handle.getFile()));
    if (files.length) receive(files.map((file) => ({ file, path: file.name })));
  });
}

/** @returns {Promise<FileWithPath[]>} */
async function takeShared() {
  if (!globalThis.caches || !(await caches.has(SHARED_CACHE))) return [];
  const cache = await caches.open(SHARED_CACHE);
  const answers = await Promise.all((await cache.keys()).map((key) => cache.match(key)));
  const files = await Promise.all(
    answers.flatMap((answer) => {
      if (!answer) return [];
      const name = decodeURIComponent(answer.headers.get("x-name") ?? "picture");
      return answer.blob().then((blob) => ({ file: new File([blob], name, { type: blob.type }), path: name }));
    }),
  );
  await caches.delete(SHARED_CACHE);
  return files;
}
