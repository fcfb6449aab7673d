/** A Worker whose answers a test gives. */

export class FakeWorker {
  /** All that were made, in their order. @type {FakeWorker[]} */
  static all = [];
  /** Called with each message that a worker is sent. @type {(worker: FakeWorker, message: any) => void} */
  static answer = () => {};
  isTerminated = false;

  constructor() {
    FakeWorker.all.push(this);
  }

  postMessage(message) {
    setImmediate(() => !this.isTerminated && FakeWorker.answer(this, message));
  }

  terminate() {
    this.isTerminated = true;
  }

  result({ id, method }, result = method === "initialize" ? { version: "1" } : null) {
    this.onmessage({ data: { kind: "result", id, result, timings_ms: {} } });
  }

  error({ id }, code, message = "What happened.") {
    this.onmessage({ data: { kind: "error", id, error: { code, message } } });
  }

  progress({ id }, stage) {
    this.onmessage({ data: { kind: "progress", id, stage, fraction: null } });
  }

  die() {
    this.onerror({ preventDefault() {}, message: "It died." });
  }
}

globalThis.Worker = FakeWorker;
globalThis.navigator ??= {};
globalThis.addEventListener ??= () => {};
