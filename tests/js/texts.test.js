import assert from "node:assert/strict";
import { afterEach, test } from "node:test";

import { FakeWorker } from "./fake-worker.js";
import { Messenger } from "../../web/common/messenger.js";
import { formatBytes, formatCount, formatPercent, formatRemaining, formatSeconds } from "../../web/page/lib/format.js";
import { currentLanguage, plural, t, useTranslation } from "../../web/page/lib/texts.js";

afterEach(() => useTranslation("en", {}));

test("English needs no translation", () => {
  assert.equal(t("Opening {name}…", { name: "cat.jpg" }), "Opening cat.jpg…");
  assert.equal(t("Closed."), "Closed.");
  assert.equal(plural(1, "{count} picture", "{count} pictures"), "1 picture");
  assert.equal(plural(2000, "{count} picture in {folder}", "{count} pictures in {folder}", { folder: "a" }), "2,000 pictures in a");
});

test("a translation takes effect, with its own plural forms", () => {
  useTranslation("lv", {
    "Opening {name}…": "Atver {name}…",
    "{count} picture": ["{count} attēlu", "{count} attēls", "{count} attēli"],
  });
  assert.equal(currentLanguage(), "lv");
  assert.equal(t("Opening {name}…", { name: "cat.jpg" }), "Atver cat.jpg…");
  const forms = [0, 1, 2, 11, 21].map((count) => plural(count, "{count} picture", "{count} pictures"));
  const categories = new Intl.PluralRules("lv").resolvedOptions().pluralCategories;
  const byCategory = Object.fromEntries(categories.map((name, index) => [name, ["attēlu", "attēls", "attēli"][index]]));
  const expected = [0, 1, 2, 11, 21].map((count) => `${count} ${byCategory[new Intl.PluralRules("lv").select(count)]}`);
  assert.deepEqual(forms, expected);
});

test("what is not translated stays English", () => {
  useTranslation("de", { Add: "Hinzufügen" });
  assert.equal(t("Remove"), "Remove");
  assert.equal(plural(2, "{count} box", "{count} boxes"), "2 boxes");
});

test("a value is not taken for a field, and an unknown field stays", () => {
  assert.equal(t("Opening {name}…", { name: "{other}" }), "Opening {other}…");
  assert.equal(t("Opening {name}…", { path: "a" }), "Opening {name}…");
});

test("an error from a worker is translated in the page", async () => {
  useTranslation("de", { "Part of it is missing.": "Ein Teil fehlt." });
  FakeWorker.answer = (worker, message) => worker.error(message, "download_failed", message.params.text);
  const messenger = new Messenger(new URL("file:///worker.js"), () => {});
  await assert.rejects(messenger.request("start", { text: "Part of it is missing." }), { message: "Ein Teil fehlt." });
  await assert.rejects(messenger.request("start", { text: "It is full." }), { message: "It is full." });
  messenger.close();
});

test("numbers are formatted for the language of the interface", () => {
  const shown = () => [
    formatCount(1234),
    formatPercent(0.974),
    formatPercent(0.999),
    formatPercent(0.001),
    formatSeconds(1250),
    formatBytes(3_400_000),
    formatRemaining(100_000),
  ];
  assert.deepEqual(shown(), ["1,234", "97%", ">99%", "<1%", "1.25\u202fs", "3.4\u202fMB", "about 2 min left"]);
  useTranslation("de", { "about {duration} left": "noch etwa {duration}" });
  const german = ["1.234", "97\u00a0%", ">99\u00a0%", "<1\u00a0%", "1,25\u202fs", "3,4\u202fMB", "noch etwa 2 min"];
  assert.deepEqual(shown(), german);
});
