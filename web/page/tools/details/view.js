/** Details: the metadata in a file, and a copy without it. */

import { announce, tryTo } from "../../lib/announce.js";
import { button, elementFromTemplate, fromTemplate, listen, ref } from "../../lib/dom.js";
import { download } from "../../lib/download.js";
import { plural, t } from "../../lib/texts.js";
import { ToolView } from "../../workspace/tool-view.js";

/** @import { Detail, DetailGroup, PictureDetails } from "../../../protocol.d.ts" */
/** @import { App } from "../../workspace/app.js" */
/** @import { Picture } from "../../workspace/pictures.js" */
/** @import { Tool } from "../../workspace/tool.js" */

/** @type {Tool<PictureDetails>} */
const DETAILS = {
  key: "details",
  get title() {
    return t("Details");
  },
  get lead() {
    return t("What the file gives away, apart from the picture itself.");
  },
  get again() {
    return t("Read it");
  },
  get stages() {
    return /** @type {const} */ ([
      ["postprocess", t("Sorting the details…"), t("Sorting")],
    ]);
  },
  found: (count) => plural(count, "{count} with personal details", "{count} with personal details"),
  unsure: {
    get name() {
      return t("Nothing personal");
    },
    count: (count) => plural(count, "{count} with nothing personal", "{count} with nothing personal"),
    isFine: true,
  },
  isUnsure: ({ personal }) => personal === 0,
  run: (onsight, file, options) => onsight.details(file, options),
  short,
  text: (name, result) => [`${name}: ${short(result)}`, ...lines(result)].join("\n"),
  data: (result) => result,
};

/** @extends {ToolView<PictureDetails>} */
class DetailsView extends ToolView {
  #clean;
  /** @type {Picture | undefined} */
  #picture;

  /**
   * @param {HTMLElement} host
   * @param {App} app
   */
  constructor(host, app) {
    super(host, app, DETAILS);
    this.answer.append(fromTemplate("details-answer"));
    this.#clean = button(this.answer, "clean");
    listen(this.#clean, "click", () => this.#saveClean());
  }

  /**
   * @override
   * @param {PictureDetails | null} _result
   * @param {Picture} picture
   */
  showResult(_result, picture) {
    this.#picture = picture;
  }

  /**
   * @override
   * @param {PictureDetails} result
   */
  render(result) {
    ref(this.answer, "headline").textContent = headline(result);
    ref(this.answer, "lead").textContent = leadOf(result);
    ref(this.answer, "groups").replaceChildren(...result.groups.map(groupOf));
    this.#clean.hidden = !result.cleanable || result.groups.length === 0;
  }

  async #saveClean() {
    const picture = this.#picture;
    if (!picture) return;
    this.#clean.disabled = true;
    await tryTo(
      this.app.onsight.clean(picture.file, { name: picture.name }).then((file) => {
        download(file, file.name);
        announce(t("{name} was saved. It contains nothing but the picture.", { name: file.name }));
      }),
    );
    this.#clean.disabled = false;
  }
}

/**
 * @param {HTMLElement} host
 * @param {App} app
 * @returns {() => void} closes the view
 */
export function mount(host, app) {
  const view = new DetailsView(host, app);
  return () => view.close();
}

/** @param {PictureDetails} result */
function short({ personal }) {
  return personal ? plural(personal, "{count} personal detail", "{count} personal details") : t("Nothing personal");
}

/** @param {PictureDetails} result */
function headline({ personal, groups }) {
  if (!groups.length) return t("This file contains nothing but the picture");
  if (!personal) return t("Nothing personal in this file");
  return plural(personal, "{count} personal detail in this file", "{count} personal details in this file");
}

/** @param {PictureDetails} result */
function leadOf({ personal, location, cleanable, image, groups }) {
  if (location) return t("Anyone who gets this file can see where the picture was taken.");
  if (personal) return t("Anyone who gets this file can read them.");
  if (!groups.length) return "";
  if (!cleanable) {
    return t("A {format} can’t be copied without its details. Enhance can save it as a JPEG without them.", {
      format: image.format,
    });
  }
  return t("It contains only technical details.");
}

/** @param {DetailGroup} group */
function groupOf({ title, details }) {
  const section = elementFromTemplate("details-group");
  ref(section, "title").textContent = title;
  ref(section, "list").append(...details.map(rowOf));
  return section;
}

/** @param {Detail} detail */
function rowOf({ name, value, source, personal }) {
  const row = elementFromTemplate("details-row");
  row.classList.toggle("details__row--personal", personal);
  ref(row, "name").textContent = name;
  ref(row, "source").textContent = source;
  ref(row, "value").textContent = value;
  return row;
}

/** @param {PictureDetails} result */
function lines({ groups }) {
  return groups.flatMap(({ title, details }) => [title, ...details.map(({ name, value }) => `  ${name}: ${value}`)]);
}
