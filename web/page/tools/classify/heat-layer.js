/** Where the network looked, over the picture, and the switch for it. */

import { fromTemplate, listen, part, ref } from "../../lib/dom.js";
import { paintScale, placeHeatMap } from "../../workspace/heat-map.js";

/** @import { Classification } from "../../../protocol.d.ts" */
/** @import { ImagePane } from "../../workspace/image-pane.js" */

/** Whether the person wants heat maps: stays from picture to picture and from visit to visit of the view. */
let heatWanted = false;

export class HeatLayer {
  #pane;
  #seen;
  #canvas;
  #legend;
  #switch;
  /** @type {Classification | null} */
  #result = null;
  #off;

  /** @param {ImagePane} pane */
  constructor(pane) {
    this.#pane = pane;
    pane.frame.append(fromTemplate("heat-layer"));
    pane.controls.append(fromTemplate("heat-controls"));
    this.#seen = ref(pane.frame, "seen");
    this.#canvas = part(pane.frame, "heat", HTMLCanvasElement);
    this.#legend = ref(pane.controls, "legend");
    this.#switch = part(pane.controls, "heat-switch", HTMLInputElement);
    this.#switch.checked = heatWanted;
    this.#switch.disabled = true;
    paintScale(part(pane.controls, "legend-scale", HTMLCanvasElement));
    listen(this.#switch, "change", () => {
      heatWanted = this.#switch.checked;
      this.#draw();
    });
    this.#off = pane.on("image", () => this.#draw());
  }

  toggle() {
    if (!this.#switch.disabled) this.#switch.click();
  }

  /** @param {Classification | null} result of the picture that is shown */
  show(result) {
    if (result === this.#result) return;
    this.#result = result;
    const heatMap = result?.heat_map ?? null;
    this.#switch.disabled = heatMap === null;
    if (result && heatMap) placeHeatMap(this.#seen, this.#canvas, heatMap, result.image);
    this.#draw();
  }

  close() {
    this.#off();
  }

  #draw() {
    const result = this.#result;
    const on = heatWanted && Boolean(result?.heat_map) && this.#pane.isShown;
    this.#seen.hidden = !on;
    this.#legend.hidden = !on;
    const what = result?.certain ? `“${result.label}”` : "its best guess";
    this.#pane.note(
      on ? `Where the network found ${what}. It looks at the middle of the picture: the framed part.` : "",
    );
  }
}
