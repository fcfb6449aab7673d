/** Over the picture: where the label or a tag was found, while it is looked at. */

import { placeHeatMap } from "../../workspace/heat-map.js";
import { box, fromTemplate, part } from "../../lib/dom.js";

/** @import { HeatMap, ImageInfo } from "../../../protocol.d.ts" */
/** @import { Spotlight } from "../../workspace/highlight.js" */
/** @import { Stage } from "../../workspace/image-pane.js" */

/**
 * @typedef {object} Sight what is looked at
 * @property {string} key
 * @property {string} text what is said below the picture
 * @property {HeatMap | null} heatMap null for the picture as a whole
 */

const AT_REST = "Point at the label or at a tag, or press it, to see where it was found.";

export class LookLayer {
  #stage;
  #spotlight;
  #seen;
  #canvas;
  /** @type {ImageInfo | null} */
  #image = null;
  #off;

  /**
   * @param {Stage} stage
   * @param {Spotlight<Sight>} spotlight
   */
  constructor(stage, spotlight) {
    this.#stage = stage;
    this.#spotlight = spotlight;
    stage.frame.append(fromTemplate("heat-layer"));
    this.#seen = box(stage.frame, "seen");
    this.#canvas = part(stage.frame, "heat", HTMLCanvasElement);
    this.#off = [stage.on("image", () => this.#draw()), spotlight.on("change", () => this.#draw())];
  }

  /** @param {ImageInfo | null} image of the picture that is shown, once it has an answer */
  show(image) {
    this.#image = image;
    this.#draw();
  }

  close() {
    this.#off.forEach((end) => end());
  }

  #draw() {
    const sight = this.#spotlight.active;
    const image = this.#image;
    const heatMap = sight?.heatMap ?? null;
    // On narrow screens the picture comes along while something is kept in the light.
    this.#stage.frame.closest(".stage")?.classList.toggle("stage--held", this.#spotlight.pinned !== null);
    this.#stage.frame.classList.toggle("frame--whole", sight !== null && heatMap === null);
    this.#stage.note(!image || !this.#stage.isShown ? "" : (sight?.text ?? AT_REST));
    this.#seen.hidden = !image || !heatMap || !this.#stage.isShown;
    if (this.#seen.hidden || !image || !heatMap) return;
    placeHeatMap(this.#seen, this.#canvas, heatMap, image);
  }
}
