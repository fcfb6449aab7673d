import assert from "node:assert/strict";
import test from "node:test";

import { Previews } from "../../web/page/tools/enhance/previews.js";

globalThis.document = {
  createElement: () => ({ toggleAttribute() {}, getContext: () => ({ putImageData() {} }) }),
};
globalThis.ImageData = class {};

/** An engine whose answers a test gives one by one. */
class FakeEngine {
  /** What was asked and is not answered. */
  waiting = [];
  /** All that was ever asked: exposure, file, and whether a draft would do. */
  asked = [];
  most = 0;
  isQuick = false;

  enhancePreview(file, { exposure }, { maxSide, draft, signal, region }) {
    this.asked.push(`${file} ${exposure}${draft ? " draft" : ""}${region ? " part" : ""}`);
    return new Promise((resolve, reject) => {
      const finish = (settle) => {
        this.waiting.splice(this.waiting.indexOf(job), 1);
        settle();
      };
      const job = {
        answer: () => finish(() => resolve({ data: new Uint8Array(4), width: 1, height: 1, full_width: maxSide })),
        fail: (error) => finish(() => reject(error)),
      };
      signal.addEventListener("abort", () => this.waiting.includes(job) && job.fail(new DOMException("", "AbortError")));
      this.waiting.push(job);
      if (this.isQuick) job.answer();
      this.most = Math.max(this.most, this.waiting.length);
    });
  }
}

const turn = () => new Promise((resolve) => setImmediate(resolve));
const after = (exposure) => ["after", { settings: { exposure }, region: null, maxSide: 800 }];
const before = ["before", { settings: { exposure: 0 }, region: null, maxSide: 800 }];

function createPreviews() {
  const engine = new FakeEngine();
  const previews = new Previews(engine);
  const told = [];
  previews.on("change", (slot) => told.push(`${slot} ${previews.get(slot).settings.exposure}`));
  previews.on("error", (error) => told.push(error.message));
  const busy = [];
  previews.on("busy", (isBusy) => busy.push(isBusy));
  previews.picture = { file: "cat" };
  return { engine, previews, told, busy };
}

async function answerAll({ waiting }) {
  for (await turn(); waiting.length > 0; await turn()) waiting[0].answer();
}

test("one view is made at a time, the most urgent first", async () => {
  const { engine, previews, told, busy } = createPreviews();
  previews.want([after(1), before]);
  assert.equal(previews.isCurrent, false);
  await answerAll(engine);
  assert.deepEqual(told, ["after 1", "before 0"]);
  assert.equal(engine.most, 1);
  assert.equal(previews.isCurrent, true);
  assert.deepEqual(busy, [true, false]);
});

test("what is under way is finished and shown, and then only the newest wish is made", async () => {
  const { engine, previews, told } = createPreviews();
  previews.want([after(1)]);
  for (const exposure of [2, 3, 4]) previews.want([after(exposure)]);
  await answerAll(engine);
  assert.deepEqual(told, ["after 1", "after 4"]);
  assert.deepEqual(engine.asked, ["cat 1", "cat 4"]);
});

test("a view that is there is not made again", async () => {
  const { engine, previews } = createPreviews();
  previews.want([after(1), before]);
  await answerAll(engine);
  previews.want([after(2), before]);
  await answerAll(engine);
  assert.deepEqual(engine.asked, ["cat 1", "cat 0", "cat 2"]);
  previews.drop("before");
  previews.want([after(2), before]);
  await answerAll(engine);
  assert.equal(engine.asked.at(-1), "cat 0");
});

test("another picture shows nothing of the last one, however late that comes", async () => {
  const { engine, previews, told } = createPreviews();
  previews.want([after(1), before]);
  await turn();
  previews.picture = { file: "dog" };
  assert.equal(previews.get("after"), undefined);
  previews.want([after(1)]);
  await answerAll(engine);
  assert.deepEqual(engine.asked, ["cat 1", "dog 1"]);
  assert.deepEqual(told, ["after 1"]);
  assert.equal(previews.isCurrent, true);
});

test("nothing is made after the end", async () => {
  const { engine, previews, told, busy } = createPreviews();
  previews.want([after(1), before]);
  await turn();
  previews.close();
  await answerAll(engine);
  assert.deepEqual(told, []);
  assert.deepEqual(engine.asked, ["cat 1"]);
  assert.deepEqual(busy, [true, false]);
});

test("an error ends what was wished for, and the next wish is made", async () => {
  const { engine, previews, told, busy } = createPreviews();
  previews.want([after(1), before]);
  await turn();
  engine.waiting[0].fail(new Error("Cut short."));
  await turn();
  assert.deepEqual(told, ["Cut short."]);
  assert.equal(previews.isCurrent, true);
  previews.want([after(2)]);
  await answerAll(engine);
  assert.deepEqual(told, ["Cut short.", "after 2"]);
  assert.deepEqual(busy, [true, false, true, false]);
});

test("a slider that the engine cannot follow moves drafts, and gets the view itself at rest", async ({ mock }) => {
  mock.timers.enable({ apis: ["setTimeout"] });
  const { engine, previews, busy } = createPreviews();
  previews.want([after(1), before], "exposure");
  await answerAll(engine);
  previews.want([after(2), before], "exposure");
  assert.equal(previews.isCurrent, false, "the view itself is still to come");
  await answerAll(engine);
  assert.deepEqual(engine.asked, ["cat 1 draft", "cat 2 draft"]);
  assert.ok(!busy.includes(false), "the slider does not rest yet");
  mock.timers.tick(159);
  assert.equal(engine.waiting.length, 0);
  mock.timers.tick(1);
  await answerAll(engine);
  assert.deepEqual(engine.asked, ["cat 1 draft", "cat 2 draft", "cat 2", "cat 0"]);
  assert.equal(previews.get("after").isDraft, false);
  assert.equal(busy.at(-1), false);
});

test("a slider that the engine follows gets no drafts", async ({ mock }) => {
  mock.timers.enable({ apis: ["setTimeout"] });
  const { engine, previews } = createPreviews();
  engine.isQuick = true;
  previews.want([after(1)], "exposure");
  await turn();
  mock.timers.tick(160);
  await turn(); // in full by now
  previews.want([after(2)], "exposure");
  await answerAll(engine);
  assert.equal(engine.asked.at(-1), "cat 2");
  previews.want([after(3)], "contrast");
  await answerAll(engine);
  assert.equal(engine.asked.at(-1), "cat 3 draft", "of another slider nothing is known");
});
