/**
 * The part of class_map_cost.py that runs in onnxruntime-web:
 * node class_map_cost.mjs WITHOUT.onnx WITH.onnx HEIGHT WIDTH ROUNDS prints a median in milliseconds a line.
 */
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { dirname, join } from "node:path";

const require = createRequire(new URL("../../web/package.json", import.meta.url));
const folder = dirname(require.resolve("onnxruntime-web"));
const ort = await import(pathToFileURL(join(folder, "ort.wasm.min.mjs")).href);
ort.env.wasm.numThreads = 1;
ort.env.wasm.wasmPaths = pathToFileURL(folder + "/").href;

const [withoutPath, withPath, height, width, rounds] = process.argv.slice(2);
const without = await ort.InferenceSession.create(await readFile(withoutPath));
const complete = await ort.InferenceSession.create(await readFile(withPath));

const pixels = Float32Array.from({ length: 3 * height * width }, (_, i) => Math.sin(i * i));
const pixelValues = new ort.Tensor("float32", pixels, [1, 3, Number(height), Number(width)]);
/** @param {number} value */
const switched = (value) => ({
  pixel_values: pixelValues,
  with_class_map: new ort.Tensor("float32", [value], [1]),
});
const plain = ["logits", "features", "feature_map"];
/** @type {Record<string, () => Promise<unknown>>} */
const runs = {
  without: () => without.run({ pixel_values: pixelValues }, plain),
  unused: () => complete.run(switched(0), plain),
  wanted: () => complete.run(switched(1), [...plain, "class_map"]),
};

/** @type {Record<string, number[]>} */
const times = { without: [], unused: [], wanted: [] };
for (let turn = 0; turn < Number(rounds); turn += 1) {
  for (const name of Object.keys(runs).sort(() => Math.random() - 0.5)) {
    const started = performance.now();
    await runs[name]();
    if (turn > 2) times[name].push(performance.now() - started);
  }
}
for (const [name, values] of Object.entries(times)) {
  values.sort((a, b) => a - b);
  console.log(name, values[values.length >> 1]);
}
