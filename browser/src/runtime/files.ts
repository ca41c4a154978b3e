/** The runtime's files: fetched by the page through the normal HTTP cache, checked by hash, kept for the next respawn. */

import type { RuntimeManifest } from "../generated/runtime.ts";
import { isRuntimeManifest } from "../generated/validate.js";

/** A file of the runtime could not be had, or was not what the manifest names. The message is for the reader. */
export class RuntimeFileError extends Error {
  override name = "RuntimeFileError";
}

async function hex(bytes: ArrayBuffer): Promise<string> {
  return Array.from(new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)), (b) =>
    b.toString(16).padStart(2, "0"),
  ).join("");
}

export class RuntimeFiles {
  readonly #base: URL;
  readonly #kept = new Map<string, Promise<ArrayBuffer>>();
  #manifest: Promise<RuntimeManifest> | undefined;

  constructor(base: URL) {
    this.#base = base;
  }

  /** The folder that the page head names in `<meta name="gm-runtime">`, relative to the site's root. */
  static ofPage(siteRoot: URL): RuntimeFiles {
    const path = document.querySelector<HTMLMetaElement>('meta[name="gm-runtime"]')?.content;
    if (!path)
      throw new RuntimeFileError("This page does not name its Python runtime. Build the site with `make build`.");
    return new RuntimeFiles(new URL(path, siteRoot));
  }

  manifest(): Promise<RuntimeManifest> {
    this.#manifest ??= this.#fetch("runtime.json")
      .then((response) => response.json())
      .then((value: unknown) => {
        if (isRuntimeManifest(value)) return value;
        throw new RuntimeFileError("runtime.json is not of this version. Reload the page without its cache.");
      })
      .catch((error: unknown) => {
        this.#manifest = undefined; // so that a retry asks again
        throw error;
      });
    return this.#manifest;
  }

  /** Where the simulator's wheel is, for a Python elsewhere: `pip install <address>`. */
  async wheelAddress(): Promise<string> {
    return new URL((await this.manifest()).wheel, this.#base).href;
  }

  /** The bytes of one file of the manifest. The same buffer each time: copy it (postMessage without transfer does). */
  bytes(name: string): Promise<ArrayBuffer> {
    let kept = this.#kept.get(name);
    if (!kept) {
      kept = this.#load(name);
      this.#kept.set(name, kept);
      kept.catch(() => this.#kept.delete(name));
    }
    return kept;
  }

  async #load(name: string): Promise<ArrayBuffer> {
    const manifest = await this.manifest();
    const entry = manifest.files[name] ?? Object.values(manifest.packages).find((item) => item.file === name);
    if (!entry) throw new RuntimeFileError(`${name} is not part of this site's Python runtime.`);
    const bytes = await (await this.#fetch(name)).arrayBuffer();
    if (bytes.byteLength !== entry.bytes) {
      throw new RuntimeFileError(`${name} arrived with ${bytes.byteLength} of ${entry.bytes} bytes. Try again.`);
    }
    // crypto.subtle exists only in secure contexts; on plain http the size is all there is to check.
    if (globalThis.isSecureContext && (await hex(bytes)) !== entry.sha256) {
      throw new RuntimeFileError(
        `${name} is not the file that this site was built with. Reload the page without its cache.`,
      );
    }
    return bytes;
  }

  async #fetch(name: string): Promise<Response> {
    let response: Response;
    try {
      response = await fetch(new URL(name, this.#base));
    } catch {
      throw new RuntimeFileError(`${name} could not be fetched. Check the connection and try again.`);
    }
    if (!response.ok)
      throw new RuntimeFileError(`${name} could not be fetched: the server answered ${response.status}.`);
    return response;
  }
}
