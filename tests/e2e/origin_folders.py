"""Folders that a page may write into, without a person who chooses them."""

FOLDERS = """() => {
  globalThis.folderAt = async (path) => {
    let folder = await navigator.storage.getDirectory();
    for (const part of path.split("/")) folder = await folder.getDirectoryHandle(part, { create: true });
    return folder;
  };
  globalThis.put = async (path, data) => {
    const folder = await folderAt(path.slice(0, path.lastIndexOf("/")));
    const handle = await folder.getFileHandle(path.slice(path.lastIndexOf("/") + 1), { create: true });
    const writable = await handle.createWritable();
    await writable.write(data);
    await writable.close();
  };
  globalThis.putEncoded = (path, text) => put(path, Uint8Array.from(atob(text), (char) => char.charCodeAt(0)));
  globalThis.showDirectoryPicker = async () => folderAt(globalThis.chosen);
  globalThis.treeOf = async (folder, base = "") => {
    const found = {};
    for await (const handle of folder.values()) {
      const path = base + handle.name;
      if (handle.kind === "directory") Object.assign(found, { [path + "/"]: null }, await treeOf(handle, path + "/"));
      else {
        const bytes = new Uint8Array(await (await handle.getFile()).arrayBuffer());
        found[path] = btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
      }
    }
    return found;
  };
  globalThis.output = (path, text, more = {}) => ({
    path,
    modified: Date.UTC(2020, 6, 14, 12),
    open: async () => new Blob([text]),
    ...more,
  });
  globalThis.unreadable = (path) => output(path, "", {
    open: async () => { throw new DOMException("gone", "NotFoundError"); },
  });
}"""
"""Folders of the origin's own, which are of the same kind as those of a disk; and files to write."""
