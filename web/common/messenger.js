/**
 * Talks to a worker: each request has an id and gets exactly one answer, requests can be cancelled, and the death of the
 * worker is always noticed. The messages are declared in protocol.d.ts.
 */

import { FAULTS } from "./faults.js";
import { t, translationOf } from "./texts.js";
import { trusted } from "./trusted.js";

/** @import { ErrorPayload, FromWorker, Provider, ToWorker } from "../protocol.d.ts" */

/** An error that Onsight reports: a sentence for users and a stable code for programs. */
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

/** @returns {DOMException} the error of a cancelled request, of the same kind as `fetch` uses */
export function abortError() {
  return new DOMException(t("The work was cancelled."), "AbortError");
}

/** @param {unknown} error */
export function isAbort(error) {
  return error instanceof DOMException && error.name === "AbortError";
}

/**
 * @param {unknown} error
 * @returns {OnsightError} the error itself, or an internal error with its stack as detail
 */
export function asOnsightError(error) {
  if (error instanceof OnsightError) return error;
  const detail = error instanceof Error ? (error.stack ?? String(error)) : String(error);
  return new OnsightError({ code: "internal", message: t("Something went wrong inside Onsight with this picture."), detail });
}

/**
 * Call a function when a signal aborts. Remove the listener when the work is done: it keeps everything it refers to in
 * memory as long as the signal exists, which can be a run over thousands of files.
 * @param {AbortSignal | undefined} signal
 * @param {() => void} abort
 * @returns {() => void} removes the listener
 */
export function onAbort(signal, abort) {
  signal?.addEventListener("abort", abort, { once: true });
  return () => signal?.removeEventListener("abort", abort);
}

/**
 * @typedef {object} RequestOptions
 * @property {AbortSignal} [signal]
 * @property {(progress: {stage: string, fraction: number | null}) => void} [onProgress]
 * @property {(result: unknown) => void} [onEarly] gets a first result, if the method has one
 * @property {Transferable[]} [transfer] objects in the params that are moved to the worker, not copied
 */

/**
 * @typedef {object} Answer
 * @property {unknown} result
 * @property {Record<string, number>} timings_ms milliseconds by stage
 * @property {number} [heap_bytes] memory that Python has allocated
 * @property {Provider} [provider] what runs networks now
 */

/**
 * @typedef {object} Pending
 * @property {(answer: Answer) => void} resolve
 * @property {(error: Error) => void} reject
 * @property {RequestOptions["onProgress"]} onProgress
 * @property {RequestOptions["onEarly"]} onEarly
 * @property {() => void} settled called when the request has been answered or rejected
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
   * @param {() => void} onDeath called once, after all pending requests were rejected
   */
  constructor(url, onDeath) {
    this.#onDeath = onDeath;
    this.#worker = new Worker(trusted(url), { type: "module", name: this.#lockName });
    this.#worker.onmessage = ({ data }) => this.#receive(data);
    this.#worker.onerror = (event) => {
      event.preventDefault();
      this.#die(event.message ?? "");
    };
    this.#worker.onmessageerror = () => this.#die("A message could not be deserialised.");
  }

  /**
   * @param {string} method
   * @param {object} params plain data and blobs
   * @param {RequestOptions} [options]
   * @returns {Promise<Answer>}
   */
  request(method, params, { signal, onProgress, onEarly, transfer = [] } = {}) {
    const id = ++this.#lastId;
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(abortError());
      if (this.#dead) return reject(deathError(""));
      const settled = onAbort(signal, () => this.#send({ kind: "cancel", id }));
      this.#pending.set(id, { resolve, reject, onProgress, onEarly, settled });
      try {
        this.#send({ kind: "request", id, method, params }, transfer);
      } catch (error) {
        // The params contain something that cannot be copied to a worker, such as a function or an element.
        this.#pending.delete(id);
        settled();
        reject(new OnsightError({
          code: "invalid_option",
          message: t("An option is not plain data. Use numbers, strings, lists, plain objects and blobs."),
          detail: String(error),
        }));
      }
    });
  }

  /** End the worker, and reject all pending requests as cancelled. */
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
    if (message.kind === "early") return pending.onEarly?.(message.result);
    this.#pending.delete(message.id);
    pending.settled();
    if (message.kind === "result") {
      const { kind, id, ...answer } = message;
      pending.resolve(answer);
    } else if (message.error.code === "cancelled") {
      pending.reject(abortError());
    } else {
      // Workers have no translation, so the messages of their JavaScript are in English.
      const text = message.error.message;
      pending.reject(new OnsightError({ ...message.error, message: translationOf(text) ?? text }));
    }
  }

  /**
   * A worker that runs out of memory can disappear without any event. It holds a Web Lock with its own name while it
   * lives, so when we get that lock, the worker is dead. We request the lock at its first message: it has it by then.
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
      t("The engine stopped unexpectedly, perhaps because memory ran out. Close other tabs and programs, then try again."),
    detail: reason || null,
  });
}
