/** Shows over the picture where the highlighted label or tag was found. */

import { placeHeatMap } from "../../workspace/heat-map.js";
import { fromTemplate, part, ref } from "../../lib/dom.js";
import { t } from "../../lib/texts.js";

/** @import { HeatMap, ImageInfo } from "../../../protocol.d.ts" */
/** @import { Highlight } from "../../workspace/highlight.js" */
/** @import { ImagePane } from "../../workspace/image-pane.js" */

/**
 * @typedef {object} Sight the highlighted label or tag
 * @property {string} key
 * @property {string} text the note below the picture
 * @property {HeatMap | null} heatMap null for the picture as a whole
 */

export class LookLayer {
  #pane;
  #highlight;
  #seen;
  #canvas;
  /** @type {ImageInfo | null} */
  #image = null;
  #off;

  /**
   * @param {ImagePane} pane
   * @param {Highlight<Sight>} highlight
   */
  constructor(pane, highlight) {
    this.#pane = pane;
    this.#highlight = highlight;
    pane.frame.append(fromTemplate("heat-layer"));
    this.#seen = ref(pane.frame, "seen");
    this.#canvas = part(pane.frame, "heat", HTMLCanvasElement);
    this.#off = [pane.on("image", () => this.#draw()), highlight.on("change", () => this.#draw())];
  }

  /** @param {ImageInfo | null} image of the selected picture; null until there is a result */
  show(image) {
    this.#image = image;
    this.#draw();
  }

  close() {
    this.#off.forEach((end) => end());
  }

  #draw() {
    const sight = this.#highlight.active;
    const image = this.#image;
    const heatMap = sight?.heatMap ?? null;
    // On narrow screens, the picture stays visible while something is pinned.
    this.#pane.frame.closest(".pane")?.classList.toggle("pane--held", this.#highlight.pinned !== null);
    this.#pane.frame.classList.toggle("frame--whole", sight !== null && heatMap === null);
    const hint = t("Point at the label or a tag, or press it, to see where it was found.");
    this.#pane.note(!image || !this.#pane.isShown ? "" : (sight?.text ?? hint));
    this.#seen.hidden = !image || !heatMap || !this.#pane.isShown;
    if (this.#seen.hidden || !image || !heatMap) return;
    placeHeatMap(this.#seen, this.#canvas, heatMap, image);
  }
}
