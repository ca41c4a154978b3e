/**
 * The sandbox: one hidden frame of opaque origin, in which one blob worker runs at a time.
 *
 * The frame hangs on `<body>`, outside of what instant navigation replaces, so that it and its worker outlive a page. It
 * is made by `srcdoc`, because a service worker does not serve opaque frames; its policy lets nothing load from anywhere,
 * and a blob worker inherits that policy. See docs/decisions on the sandbox.
 */

import frameScript from "./frame.js?text";
import type { ToPython } from "./protocol.ts";

/** Where the frame's inline script is allowed: its hash, in CSP's form. */
async function cspHash(script: string): Promise<string> {
  if (!globalThis.crypto?.subtle) return "'unsafe-inline'"; // plain http: the page's own policy still holds the hash
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(script)));
  return `'sha256-${btoa(String.fromCharCode(...digest))}'`;
}

async function frameSource(): Promise<string> {
  const policy = `default-src 'none'; script-src ${await cspHash(frameScript)} 'wasm-unsafe-eval'; worker-src blob:`;
  return `<!doctype html><meta http-equiv="Content-Security-Policy" content="${policy}"><script>${frameScript}</script>`;
}

export class Sandbox {
  #frame: HTMLIFrameElement | undefined;
  #ready: Promise<HTMLIFrameElement> | undefined;
  #port: MessagePort | undefined;
  /** Called with the browser's words when the worker itself breaks (not when Python raises). */
  onWorkerError: (message: string) => void = () => {};

  /** Make the frame if it is not there yet; resolves when its script runs. */
  open(): Promise<HTMLIFrameElement> {
    this.#ready ??= this.#open();
    return this.#ready;
  }

  async #open(): Promise<HTMLIFrameElement> {
    const frame = document.createElement("iframe");
    frame.setAttribute("sandbox", "allow-scripts");
    frame.title = "Python sandbox";
    frame.hidden = true;
    frame.srcdoc = await frameSource();
    const ready = new Promise<void>((resolve) => {
      addEventListener(
        "message",
        ({ source, data }: MessageEvent<{ frameReady?: true; workerError?: string } | undefined>) => {
          if (source !== frame.contentWindow) return;
          if (data?.frameReady) resolve();
          else if (typeof data?.workerError === "string") this.onWorkerError(data.workerError.slice(0, 500));
        },
      );
    });
    document.body.append(frame);
    this.#frame = frame;
    await ready;
    return frame;
  }

  /** Start a worker from `script` in place of the former one, and give it `first` together with a new port. */
  async start(script: readonly (ArrayBuffer | string)[], first: ToPython & { type: "boot" }): Promise<MessagePort> {
    const frame = await this.open();
    this.#port?.close();
    const { port1, port2 } = new MessageChannel();
    this.#port = port1;
    // Opaque origins have no name to address, hence "*"; the frame is ours and checks that the sender is its parent.
    frame.contentWindow?.postMessage({ script, first, transfer: Object.values(first.files) }, "*", [port2]);
    return port1;
  }

  /** End the worker, whatever it is doing. */
  stop(): void {
    this.#port?.close();
    this.#port = undefined;
    this.#frame?.contentWindow?.postMessage({ stop: true }, "*");
  }

  /** Remove the frame too, after which `open` starts from nothing: the last resort when the frame does not answer. */
  close(): void {
    this.stop();
    this.#frame?.remove();
    this.#frame = undefined;
    this.#ready = undefined;
  }
}
