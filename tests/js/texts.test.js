import assert from "node:assert/strict";
import { afterEach, test } from "node:test";

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
