/**
 * One worker and the conversation with it: requests with ids, exactly one answer each, cancellation, and the worker's
 * death, however quiet (engineering: page <-> worker protocol in protocol.d.ts).
 */

import { FAULTS } from "./faults.js";
import { trusted } from "./trusted.js";

/** @import { ErrorPayload, FromWorker, Provider, ToWorker } from "../protocol.d.ts" */

/** An error that Onsight raises on purpose: a sentence for people, a stable code for programs. */
export class OnsightError extends Error {
  /** @param {ErrorPayload} payload */
  constructor({ code, message, detail }) {
    super(message);
    this.name = "OnsightError";
    this.code = code;
    this.detail = detail ?? null;
    /** Where the cause is: in the file, in this attempt, or in the engine. */
    this.fault = FAULTS[code];
  }
}

/** @returns {DOMException} what a cancelled request rejects with, as `fetch` does */
export function abortError() {
  return new DOMException("The work was cancelled.", "AbortError");
}

/** @param {unknown} error */
export function isAbort(error) {
  return error instanceof DOMException && error.name === "AbortError";
}

/**
 * @param {unknown} error
 * @returns {OnsightError} the error itself, or one of ours about it
 */
export function asOnsightError(error) {
  if (error instanceof OnsightError) return error;
  const detail = error instanceof Error ? (error.stack ?? String(error)) : String(error);
  return new OnsightError({ code: "internal", message: "Something went wrong inside Onsight with this picture.", detail });
}

/**
 * Call something when a signal aborts, until told otherwise: a listener that stays keeps all that it knows in memory for
 * as long as the signal is there, which can be a run over thousands of files.
 * @param {AbortSignal | undefined} signal
 * @param {() => void} abort
 * @returns {() => void} how to stop listening
 */
export function onAbort(signal, abort) {
  signal?.addEventListener("abort", abort, { once: true });
  return () => signal?.removeEventListener("abort", abort);
}

/**
 * @typedef {object} RequestOptions
 * @property {AbortSignal} [signal]
 * @property {(progress: {stage: string, fraction: number | null}) => void} [onProgress]
 * @property {Transferable[]} [transfer] what is given away with the params
 */

/**
 * @typedef {object} Answer
 * @property {unknown} result
 * @property {Record<string, number>} timings_ms milliseconds by stage
 * @property {number} [heap_bytes] memory that Python has taken
 * @property {Provider} [provider] what runs networks now
 */

/**
 * @typedef {object} Pending
 * @property {(answer: Answer) => void} resolve
 * @property {(error: Error) => void} reject
 * @property {RequestOptions["onProgress"]} onProgress
 * @property {() => void} settled it has been answered or given up
 */

export class Messenger {
  /** @type {Map<number, Pending>} */
  #pending = new Map();
  #lastId = 0;
  #watched = false;
  #dead = false;
  #worker;
  #lockName = `onsight-worker-${Date.now().toString(36)}-${Math.random().toString(36).slice(2)}`;
  #onDeath;

  /**
   * @param {URL} url of the worker's module
   * @param {() => void} onDeath called once, after everything pending was rejected
   */
  constructor(url, onDeath) {
    this.#onDeath = onDeath;
    this.#worker = new Worker(trusted(url), { type: "module", name: this.#lockName });
    this.#worker.onmessage = ({ data }) => this.#receive(data);
    this.#worker.onerror = (event) => {
      event.preventDefault();
      this.#die(event.message ?? "");
    };
    this.#worker.onmessageerror = () => this.#die("A message could not be read.");
  }

  /**
   * @param {string} method
   * @param {object} params plain data and blobs
   * @param {RequestOptions} [options]
   * @returns {Promise<Answer>}
   */
  request(method, params, { signal, onProgress, transfer = [] } = {}) {
    const id = ++this.#lastId;
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(abortError());
      if (this.#dead) return reject(deathError(""));
      const settled = onAbort(signal, () => this.#send({ kind: "cancel", id }));
      this.#pending.set(id, { resolve, reject, onProgress, settled });
      try {
        this.#send({ kind: "request", id, method, params }, transfer);
      } catch (error) {
        // A function, an element of the page: what cannot be copied to a worker.
        this.#pending.delete(id);
        settled();
        reject(new OnsightError({
          code: "invalid_option",
          message: "An option holds something other than plain data. Give numbers, texts, lists, plain objects and blobs.",
          detail: String(error),
        }));
      }
    });
  }

  /** End the worker; what is pending is rejected as cancelled. */
  close() {
    this.#dead = true;
    this.#worker.terminate();
    this.#rejectAll(abortError());
  }

  /** @param {ToWorker} message @param {Transferable[]} [transfer] */
  #send(message, transfer = []) {
    this.#worker.postMessage(message, transfer);
  }

  /** @param {FromWorker} message */
  #receive(message) {
    this.#watch();
    const pending = this.#pending.get(message.id);
    if (!pending) return;
    if (message.kind === "progress") {
      pending.onProgress?.({ stage: message.stage, fraction: message.fraction });
      return;
    }
    this.#pending.delete(message.id);
    pending.settled();
    if (message.kind === "result") {
      const { kind, id, ...answer } = message;
      pending.resolve(answer);
    } else if (message.error.code === "cancelled") {
      pending.reject(abortError());
    } else {
      pending.reject(new OnsightError(message.error));
    }
  }

  /**
   * A worker that runs out of memory can vanish without any event. It holds a Web Lock of its own name for as long as
   * it lives, so being given that lock is the news of its death. Asked for at its first message: it has the lock then.
   */
  #watch() {
    if (this.#watched || !navigator.locks) return;
    this.#watched = true;
    navigator.locks.request(this.#lockName, () => this.#die("")).catch(() => {});
  }

  /** @param {string} reason */
  #die(reason) {
    if (this.#dead) return;
    this.#dead = true;
    this.#worker.terminate();
    this.#rejectAll(deathError(reason));
    this.#onDeath();
  }

  /** @param {Error} error */
  #rejectAll(error) {
    const pending = [...this.#pending.values()];
    this.#pending.clear();
    for (const { reject, settled } of pending) {
      settled();
      reject(error);
    }
  }
}

/**
 * @param {string} reason
 * @returns {OnsightError}
 */
function deathError(reason) {
  return new OnsightError({
    code: "worker_failed",
    message:
      "The engine stopped while it worked, perhaps for want of memory. Close other tabs and programs, then try again.",
    detail: reason || null,
  });
}
