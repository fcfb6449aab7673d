/** What a picture tool declares about itself: its texts, how it processes a file and how its results are shown. */

/** @import { ImageInfo } from "../../protocol.d.ts" */
/** @import { CallOptions, Onsight } from "../client.js" */
/** @import { Picture } from "./pictures.js" */
/** @import { Stage } from "./stages.js" */

/** @typedef {{image: ImageInfo, model?: string}} AnyResult what every result has */

/**
 * @template Result
 * @typedef {object} Saving formats other than JSON Lines in which the results of all pictures can be saved
 * @property {Readonly<Record<string, string>>} formats names by format
 * @property {boolean} [isFirst] whether the first of them is selected at first, rather than JSON Lines
 * @property {(onsight: Onsight, looks: {picture: Picture, result: Result}[], format: string,
 *   progress: {signal: AbortSignal, onCount: (done: number) => void}) => Promise<void>} save
 */

/**
 * @template {AnyResult} Result
 * @typedef {object} Tool its texts are getters and functions, so that they are in the language of the moment
 * @property {string} key names its batch and its downloads
 * @property {string} title
 * @property {string} lead
 * @property {"wide"} [layout] "wide" gives most of the width to the result, and the rest to the picture
 * @property {string} again label of the button that processes a cancelled picture
 * @property {readonly Stage[]} stages the tool's own stages, in order, after reading and decoding
 * @property {(count: number) => string} found describes pictures with a result: "38 labelled"
 * @property {{name: string, count: (count: number) => string, isFine?: boolean}} unsure describes pictures with a
 *   doubtful or empty result: `name` labels the filter, `count` is "2 not sure"; `isFine` if such results are normal
 * @property {(result: Result) => boolean} isUnsure
 * @property {(onsight: Onsight, file: File, options: CallOptions) => Promise<Result>} run
 * @property {(result: Result) => string} short the result in a few words
 * @property {(name: string, result: Result, onsight: Onsight) => string | Promise<string>} text the result in one line
 * @property {(result: Result) => object} data what is copied and saved
 * @property {Saving<Result>} [saving]
 */

export {};
