/** COCO's 80 classes: their colours and their plurals. */

/** In COCO's order, which determines the colours. */
export const CLASSES = (
  "person,bicycle,car,motorcycle,airplane,bus,train,truck,boat,traffic light,fire hydrant,stop sign,parking meter," +
  "bench,bird,cat,dog,horse,sheep,cow,elephant,bear,zebra,giraffe,backpack,umbrella,handbag,tie,suitcase,frisbee," +
  "skis,snowboard,sports ball,kite,baseball bat,baseball glove,skateboard,surfboard,tennis racket,bottle,wine glass," +
  "cup,fork,knife,spoon,bowl,banana,apple,sandwich,orange,broccoli,carrot,hot dog,pizza,donut,cake,chair,couch," +
  "potted plant,bed,dining table,toilet,tv,laptop,mouse,remote,keyboard,cell phone,microwave,oven,toaster,sink," +
  "refrigerator,book,clock,vase,scissors,teddy bear,hair drier,toothbrush"
).split(",");

/** The same colours as in Python. White text on each has a contrast above 4.5 to 1 (WCAG AA). */
const COLOURS = [
  "#b3261e", "#0b57d0", "#146c2e", "#8430ce", "#8c4a00", "#006876",
  "#a1006b", "#4e5d00", "#5b4bb7", "#00639b", "#9c4146", "#3d6837",
]; // prettier-ignore

/** @type {Record<string, string>} */
const PLURALS = {
  person: "people",
  sheep: "sheep",
  skis: "pairs of skis",
  knife: "knives",
  broccoli: "heads of broccoli",
  tv: "TVs",
  mouse: "mice",
  scissors: "pairs of scissors",
};

/** Singulars that differ from the class's name. @type {Record<string, string>} */
const SINGULARS = { skis: "pair of skis", scissors: "pair of scissors", broccoli: "head of broccoli", tv: "TV" };

/**
 * The colour of a class. It is the same in every picture.
 * @param {string} label
 */
export function colourOf(label) {
  // indexOf returns -1 for a class that is not in COCO.
  const index = CLASSES.indexOf(label) + COLOURS.length;
  return /** @type {string} */ (COLOURS[index % COLOURS.length]);
}

/**
 * "Person", for the start of a line.
 * @param {string} label
 */
export function titleOf(label) {
  return label === "tv" ? "TV" : label.charAt(0).toUpperCase() + label.slice(1);
}

/**
 * "person", "people", "pair of skis", "buses".
 * @param {string} label
 * @param {number} count
 */
export function nounOf(label, count) {
  if (count === 1) return SINGULARS[label] ?? label;
  return PLURALS[label] ?? (/(?:s|x|ch|sh)$/.test(label) ? `${label}es` : `${label}s`);
}
