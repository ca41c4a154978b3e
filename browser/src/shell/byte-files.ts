/** just-bash's files in memory, able to hand a large file over as bytes. */

import { InMemoryFs } from "just-bash/browser";

type Bytes = Awaited<ReturnType<InMemoryFs["readFileBytes"]>>;
type Encoding = Parameters<InMemoryFs["readFile"]>[1];

/** Bytes turned into characters at once: as many arguments fit every browser's worker stack. */
const CHUNK = 8192;

/** One character for each byte, which is what just-bash calls a byte string. */
export function byteString(bytes: Uint8Array): string {
  const pieces: string[] = [];
  for (let from = 0; from < bytes.length; from += CHUNK)
    pieces.push(String.fromCharCode(...bytes.subarray(from, from + CHUNK)));
  return pieces.join("");
}

/**
 * just-bash 3.4 decodes "binary" and "latin1" by `String.fromCharCode(...)` over 65 536 bytes where there is no Node
 * `Buffer`. So many arguments overflow the stack of a browser's worker, and its commands report the RangeError as "No
 * such file or directory". Here those two encodings are decoded in small pieces; the rest is just-bash's own.
 */
export class ByteFiles extends InMemoryFs {
  override async readFile(path: string, options?: Encoding): Promise<string> {
    const encoding = typeof options === "string" ? options : options?.encoding;
    if (encoding !== "binary" && encoding !== "latin1") return super.readFile(path, options);
    return byteString(await this.readFileBuffer(path));
  }

  override async readFileBytes(path: string): Promise<Bytes> {
    return byteString(await this.readFileBuffer(path)) as unknown as Bytes; // a string by another name
  }
}
