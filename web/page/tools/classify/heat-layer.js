/** Where the network looked, over the picture, and the switch for it. */

import { box, fromTemplate, listen, part } from "../../lib/dom.js";
import { paintScale, placeHeatMap } from "../../workspace/heat-map.js";

/** @import { Classification } from "../../../protocol.d.ts" */
/** @import { Stage } from "../../workspace/image-pane.js" */

/** Whether the person wants heat maps: stays from picture to picture and from visit to visit of the view. */
let heatWanted = false;

export class HeatLayer {
  #stage;
  #seen;
  #canvas;
  #legend;
  #switch;
  /** @type {Classification | null} */
  #result = null;
  #off;

  /** @param {Stage} stage */
  constructor(stage) {
    this.#stage = stage;
    stage.frame.append(fromTemplate("heat-layer"));
    stage.controls.append(fromTemplate("heat-controls"));
    this.#seen = box(stage.frame, "seen");
    this.#canvas = part(stage.frame, "heat", HTMLCanvasElement);
    this.#legend = box(stage.controls, "legend");
    this.#switch = part(stage.controls, "heat-switch", HTMLInputElement);
    this.#switch.checked = heatWanted;
    this.#switch.disabled = true;
    paintScale(part(stage.controls, "legend-scale", HTMLCanvasElement));
    listen(this.#switch, "change", () => {
      heatWanted = this.#switch.checked;
      this.#draw();
    });
    this.#off = stage.on("image", () => this.#draw());
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
    const on = heatWanted && Boolean(result?.heat_map) && this.#stage.isShown;
    this.#seen.hidden = !on;
    this.#legend.hidden = !on;
    const what = result?.certain ? `“${result.label}”` : "its best guess";
    this.#stage.note(
      on ? `Where the network found ${what}. It looks at the middle of the picture: the framed part.` : "",
    );
  }
}
