/** What a picture tool declares about itself: its words, and what is made of a file and of a result. */

/** @import { ImageInfo } from "../../protocol.d.ts" */
/** @import { CallOptions, Onsight } from "../client.js" */
/** @import { Picture } from "./pictures.js" */

/** @typedef {{image: ImageInfo, model?: string}} AnyResult what every result holds */

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
 * @property {string} found text about pictures with a result: "38 labelled"
 * @property {{name: string, word: string, isFine?: boolean}} unsure name and word of those with a result that says
 *   little; `isFine` where that is nothing to look into
 * @property {(result: Result) => boolean} isUnsure
 * @property {(onsight: Onsight, file: File, options: CallOptions) => Promise<Result>} run
 * @property {(result: Result) => string} short the result in a few words
 * @property {(name: string, result: Result, onsight: Onsight) => string | Promise<string>} text the result in a line
 * @property {(result: Result) => object} data what is copied and saved
 * @property {Saving<Result>} [saving]
 */

export {};
