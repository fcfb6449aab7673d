import assert from "node:assert/strict";
import test from "node:test";

import { Emitter } from "../../web/page/lib/emitter.js";
import { Originals } from "../../web/page/tools/organise/originals.js";

/** A library of which only the name matters; it remembers no handles. */
class FakeLibrary extends Emitter {
  name = "Mine";
  status = { roots: [{ path: "Card", is_folder: true, keys: [] }] };
  retrying = { own: async () => ({ is_own: false }) };
}

const CREATED_MS = 1_600_000_000_000;
const picture = (name, folder = "Card") => ({ id: 1, folder, name, size: 3, modified_ms: CREATED_MS });
const arrival = (key = "") => ({ key, lasting: false, whole: true });

/** Add files as an import does. Each file's content is "new", "old" or another word of three letters. */
function add(originals, files, added) {
  for (const [path, content] of Object.entries(files)) {
    const file = new File([content], path.split("/").at(-1), { lastModified: CREATED_MS });
    originals.remember(path, async () => file, added);
  }
}

function world() {
  const library = new FakeLibrary();
  return { library, originals: new Originals(library) };
}

/** What is known of a picture's files: its content, and the content of the files beside it by name. */
async function seen(originals, original) {
  const text = (file) => file.text();
  const { sidecars, sameStem } = await originals.sidecars(original, new Map());
  const beside = (await originals.listBeside([original])).filter((path) => path !== `${original.folder}/${original.name}`);
  const content = await originals.open(original).then(text, () => null);
  const opened = await originals.openBeside(original, `${original.name}.xmp`);
  return {
    content,
    sidecars: await Promise.all(sidecars.map(async ({ open }) => text(await open()))),
    sameStem,
    beside,
    opened: opened && (await text(opened)),
  };
}

const ALL_OLD = { "Card/a.jpg": "old", "Card/a.jpg.xmp": "old", "Card/a.raw": "old" };
const NOTHING = { content: null, sidecars: [], sameStem: [], beside: [], opened: null };
const ONLY_NEW = { ...NOTHING, content: "new" };

test("a picture has the files that were added with it", async () => {
  const { originals } = world();
  add(originals, ALL_OLD, arrival());
  assert.deepEqual(await seen(originals, picture("a.jpg")), {
    content: "old",
    sidecars: ["old"],
    sameStem: ["a.raw"],
    beside: ["Card/a.jpg.xmp", "Card/a.raw"],
    opened: "old",
  });
});

test("a folder that is read in parts is one", async () => {
  const { originals } = world();
  add(originals, { "Card/a.jpg": "new" }, arrival("drop 1"));
  add(originals, { "Card/a.jpg.xmp": "new" }, arrival("drop 1"));
  assert.deepEqual((await seen(originals, picture("a.jpg"))).sidecars, ["new"]);
});

test("a library that gets the name of a deleted one has none of its files", async () => {
  const { library, originals } = world();
  add(originals, ALL_OLD, arrival());
  library.emit("removed", "Mine");
  assert.deepEqual(await seen(originals, picture("a.jpg")), NOTHING);
  assert.equal((await originals.barriers([picture("a.jpg")])).length, 1);
  add(originals, { "Card/a.jpg": "new" }, arrival());
  assert.deepEqual(await seen(originals, picture("a.jpg")), ONLY_NEW);
});

test("each library has its own files, also after another was open", async () => {
  const { library, originals } = world();
  add(originals, ALL_OLD, arrival());
  library.name = "Other";
  assert.deepEqual(await seen(originals, picture("a.jpg")), NOTHING);
  add(originals, { "Card/a.jpg": "new" }, arrival());
  library.emit("removed", "Third");
  assert.deepEqual(await seen(originals, picture("a.jpg")), ONLY_NEW);
  library.name = "Mine";
  assert.equal((await seen(originals, picture("a.jpg"))).content, "old");
});

test("a folder that takes the place of another gets none of its sidecars", async () => {
  const { originals } = world();
  add(originals, { ...ALL_OLD, "Card/b.jpg": "old", "Card/b.jpg.xmp": "old" }, arrival());
  add(originals, { "Card/a.jpg": "new", "Card/b.jpg.xmp": "new" }, arrival());
  assert.deepEqual(await seen(originals, picture("a.jpg")), { ...ONLY_NEW, beside: ["Card/b.jpg.xmp"] });
  // The other picture of the first folder keeps its own sidecar.
  const { content, sidecars } = await seen(originals, picture("b.jpg"));
  assert.deepEqual({ content, sidecars }, { content: "old", sidecars: ["old"] });
});

test("a folder that was chosen again is complete until a picture comes with other files", async () => {
  const { originals } = world();
  const wanted = [picture("a.jpg"), picture("b.jpg")];
  const missing = async () => (await originals.barriers(wanted, { sidecars: true })).flatMap((barrier) => barrier.originals);
  add(originals, { "Card/a.jpg": "old", "Card/b.jpg": "old" }, arrival());
  assert.deepEqual(await missing(), wanted);
  const files = ["a.jpg", "b.jpg"].map((name) => ({ path: name, file: new File(["new"], name, { lastModified: CREATED_MS }) }));
  originals.rejoinFiles("Card", files);
  assert.deepEqual(await missing(), []);
  assert.equal((await seen(originals, wanted[0])).content, "new");
  add(originals, { "Card/b.jpg": "old" }, arrival());
  assert.deepEqual(await missing(), [wanted[1]]);
});
