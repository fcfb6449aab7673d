// What TensorFlow.js makes of a picture with the unchanged detectors; see detectors.py.
//
// node detectors.mjs FOLDER, where FOLDER has centernet.rgb (512×512×3 bytes), ssdlite.rgb (300×300×3 bytes) and
// the packages' model files: centernet/centernet.json, ssdlite/model.json, each with its weights beside it.
import fs from "node:fs";
import path from "node:path";
import * as tf from "@tensorflow/tfjs";

const folder = process.argv[2];
await tf.setBackend("cpu");

function load(file) {
  const model = JSON.parse(fs.readFileSync(path.join(folder, file)));
  // The outputs are read, and SSD's input is set, inside the graph: its declared inputs do not matter.
  delete model.signature;
  for (const node of model.modelTopology.node) {
    if (node.op === "Placeholder") node.attr.shape = { shape: { unknownRank: true } };
  }
  const groups = model.weightsManifest;
  const shards = groups.flatMap((group) => group.paths).map((name) =>
    fs.readFileSync(path.join(folder, path.dirname(file), name)));
  return tf.loadGraphModel({
    load: async () => ({
      format: "graph-model",
      modelTopology: model.modelTopology,
      weightSpecs: groups.flatMap((group) => group.weights),
      weightData: Uint8Array.from(Buffer.concat(shards)).buffer,
    }),
  });
}

function picture(name, side) {
  return tf.tensor(Float32Array.from(fs.readFileSync(path.join(folder, name))), [1, side, side, 3]);
}

function write(names, tensors) {
  names.forEach((name, index) => {
    fs.writeFileSync(path.join(folder, `${name}.f32`), Buffer.from(tensors[index].dataSync().buffer));
  });
}

const centernet = await load("centernet/centernet.json");
write(["heat_map", "distances"], centernet.execute(
  { "tower_0/images": picture("centernet.rgb", 512) },
  ["tower_0/CenternetHead/centernet_cls_output/BiasAdd", "tower_0/mul"],
));
const ssdlite = await load("ssdlite/model.json");
write(["boxes", "scores"], ssdlite.execute(
  { "Preprocessor/sub": picture("ssdlite.rgb", 300).div(127.5).sub(1) },
  ["concat", "Postprocessor/convert_scores"],
));
