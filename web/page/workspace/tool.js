/** What makes one tool different from the next. The workspace does everything else: picture, list, states, copying. */

/** @import { ImageInfo } from "../../protocol.d.ts" */
/** @import { Job } from "./batch.js" */
/** @import { App } from "./app.js" */
/** @import { CallOptions, Onsight } from "../client.js" */
/** @import { Picture } from "./pictures.js" */
/** @import { ImagePane } from "./image-pane.js" */

/** @typedef {{image: ImageInfo, model?: string}} AnyResult what every result tells */

/**
 * @typedef {object} Workspace what a display may write to
 * @property {App} app
 * @property {ImagePane} pane
 * @property {HTMLElement} answer where the result is told, beside the picture
 * @property {HTMLElement} actions buttons for the result
 * @property {() => void} again looks at all pictures anew: how to look has changed
 * @property {() => void} changed to be called when a person chose to see the results differently
 */

/**
 * @template Result
 * @typedef {object} Display how a tool shows its result
 * @property {(result: Result | null, picture: Picture) => void} show the result of the picture that is shown, over the picture
 * @property {(result: Result) => void} tell it, beside the picture
 * @property {Record<string, () => void>} keys shortcuts
 * @property {() => void} close
 */

/**
 * @template Result
 * @typedef {object} Saving how the results of all pictures are saved in other ways than as JSON Lines
 * @property {Readonly<Record<string, string>>} formats names by format
 * @property {boolean} [isFirst] whether the first of them is what most people want, rather than JSON Lines
 * @property {(onsight: Onsight, looks: {picture: Picture, result: Result}[], format: string,
 *   progress: {signal: AbortSignal, onCount: (done: number) => void}) => Promise<void>} save
 */

/**
 * @template {AnyResult} Result
 * @typedef {object} Tool
 * @property {string} key names its batch and its downloads
 * @property {string} title
 * @property {string} lead
 * @property {"wide"} [layout] gives the answer most of the room, and the picture the rest
 * @property {string} again words of the button that takes up a cancelled picture
 * @property {Readonly<Record<string, string>>} stageWords what is done now, by stage
 * @property {readonly (readonly [string, string])[]} stageNames stages with their short names, in order
 * @property {string} found what is said of pictures with a result: "38 labelled"
 * @property {{name: string, word: string, isFine?: boolean}} unsure name and word of those with a result that says
 *   little; `isFine` where that is nothing to look into
 * @property {(result: Result) => boolean} isUnsure
 * @property {(onsight: Onsight, file: File, options: CallOptions) => Promise<Result>} run
 * @property {(result: Result) => string} short the result in a few words
 * @property {(name: string, result: Result, onsight: Onsight) => string | Promise<string>} text the result in a line
 * @property {(result: Result) => object} data what is copied and saved
 * @property {Saving<Result>} [saving]
 * @property {(workspace: Workspace) => Display<Result>} display
 */

/**
 * What the list says of a picture.
 * @template Result
 * @param {Job<Result>} job
 * @param {(result: Result) => string} short
 */
export function jobText(job, short) {
  if (job.state === "done") return short(job.result);
  if (job.state === "failed") return job.error.message;
  return { waiting: "Waiting", working: "Looking…", cancelled: "Cancelled" }[job.state];
}
