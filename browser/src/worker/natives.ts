/**
 * The worker's own tools, taken before learner code can run. Learner code reaches the worker's globals through Python's
 * `js` module and may replace any of them; what is bound here stays what it was.
 */

/** What a classic dedicated worker's global offers, as far as it is used here (the DOM library does not describe it). */
export interface WorkerScope {
  fetch: typeof fetch;
  onmessage: ((event: MessageEvent) => void) | null;
  addEventListener(type: "error" | "unhandledrejection", listener: () => void): void;
}

export const scope = globalThis as unknown as WorkerScope;

const dataGetter = Object.getOwnPropertyDescriptor(MessageEvent.prototype, "data")?.get as () => unknown;
const readData = Function.prototype.call.bind(dataGetter) as (event: MessageEvent) => unknown;

/** The data of a message, without giving a replaced `MessageEvent.prototype.data` the chance to see its target, the port. */
export function dataOf(event: MessageEvent): unknown {
  return readData(event);
}

/** A sender that does not look up `postMessage`, so that a replaced one never sees the port. */
export function senderOf(port: MessagePort): (message: unknown, transfer: Transferable[]) => void {
  return port.postMessage.bind(port);
}

export const now = performance.now.bind(performance);

const channel = new MessageChannel();
const waiting: (() => void)[] = [];
channel.port1.onmessage = () => waiting.shift()?.();
const wake = channel.port2.postMessage.bind(channel.port2);

/** Let messages in, then go on. Not `setTimeout`, which browsers stretch to 4 ms and more. */
export function breathe(): Promise<void> {
  return new Promise((resolve) => {
    waiting.push(resolve);
    wake(null);
  });
}

const later = globalThis.setTimeout.bind(globalThis);

export function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    later(resolve, milliseconds);
  });
}

/** Ways out of the sandbox that its policy refuses anyway; gone, so that learner code does not even find them. */
const WAYS_OUT = [
  "Worker",
  "SharedWorker",
  "importScripts",
  "XMLHttpRequest",
  "WebSocket",
  "WebSocketStream",
  "WebTransport",
  "EventSource",
  "BroadcastChannel",
  "indexedDB",
  "caches",
  "FileReaderSync",
];

export function closeWaysOut(): void {
  for (const name of WAYS_OUT) {
    for (let owner: object | null = globalThis; owner !== null; owner = Object.getPrototypeOf(owner) as object | null) {
      Reflect.deleteProperty(owner, name);
    }
  }
}
