/** Shows over the picture where the highlighted tag is: as boxes if detection found it, otherwise as a heat map. */

import { placeHeatMap } from "../../workspace/heat-map.js";
import { outlineOf } from "../../workspace/box-outline.js";
import { fromTemplate, part, ref } from "../../lib/dom.js";
import { plural, t } from "../../lib/texts.js";
import { aboutTag } from "./wording.js";

/** @import { HeatMap, Tag, Tagging } from "../../../protocol.d.ts" */
/** @import { ImagePane } from "../../workspace/image-pane.js" */

const COLOUR = "#0b57d0";

/** Milliseconds before the note says that the heat map is being computed. */
const PATIENCE = 150;

export class PlaceLayer {
  #pane;
  #seen;
  #canvas;
  #svg;
  #where;
  /** @type {Tagging | null} */
  #result = null;
  /** @type {Tag | null} */
  #tag = null;
  /** @type {{isPending: boolean, heatMap: HeatMap | null}} */
  #place = { isPending: false, heatMap: null };
  #off;

  /**
   * @param {ImagePane} pane
   * @param {(result: Tagging, tag: Tag) => Promise<HeatMap | null>} where returns the heat map of a tag
   */
  constructor(pane, where) {
    this.#pane = pane;
    this.#where = where;
    pane.frame.append(fromTemplate("heat-layer"), fromTemplate("box-layer"));
    this.#seen = ref(pane.frame, "seen");
    this.#canvas = part(pane.frame, "heat", HTMLCanvasElement);
    this.#svg = part(pane.frame, "boxes", SVGSVGElement);
    this.#off = pane.on("image", () => this.#draw());
  }

  /**
   * @param {Tagging | null} result of the selected picture
   * @param {Tag | null} tag the highlighted tag
   */
  async show(result, tag) {
    if (result === this.#result && tag === this.#tag) return;
    this.#result = result;
    this.#tag = tag;
    this.#place = { isPending: false, heatMap: null };
    if (!result || !tag || tag.boxes.length) return this.#draw();
    const isCurrent = () => this.#result === result && this.#tag === tag;
    const timer = setTimeout(() => {
      if (!isCurrent()) return;
      this.#place = { isPending: true, heatMap: null };
      this.#draw();
    }, PATIENCE);
    const heatMap = await this.#where(result, tag).finally(() => clearTimeout(timer));
    if (!isCurrent()) return;
    this.#place = { isPending: false, heatMap };
    this.#draw();
  }

  close() {
    this.#off();
  }

  #draw() {
    const { isPending, heatMap } = this.#place;
    const tag = this.#tag;
    const image = this.#result?.image;
    const isShown = this.#pane.isShown && image !== undefined;
    this.#seen.hidden = !isShown || !heatMap;
    if (isShown && heatMap) placeHeatMap(this.#seen, this.#canvas, heatMap, image);
    if (image) this.#svg.setAttribute("viewBox", `0 0 ${image.width} ${image.height}`);
    this.#svg.replaceChildren(...(isShown && tag ? tag.boxes.map((edges) => outlineOf(edges, COLOUR)) : []));
    this.#pane.note(isShown ? noteOf(tag, isPending, heatMap) : "");
  }
}

/**
 * The note below the picture.
 * @param {Tag | null} tag
 * @param {boolean} isPending whether its heat map is being computed
 * @param {HeatMap | null} heatMap
 */
function noteOf(tag, isPending, heatMap) {
  if (!tag) return t("Point at a tag, or press it, to see where it is.");
  return [aboutTag(tag), isPending ? t("Locating it…") : placeText(tag, heatMap)].join(" ");
}

/**
 * @param {Tag} tag
 * @param {HeatMap | null} heatMap
 */
function placeText(tag, heatMap) {
  const count = tag.boxes.length;
  if (count) return plural(count, "Found in one place.", "Found in {count} places.");
  if (heatMap) return t("The brighter areas are evidence for it.");
  return tag.source === "user" ? "" : t("It applies to no particular place.");
}
