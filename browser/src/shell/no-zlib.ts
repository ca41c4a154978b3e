/**
 * Stands for `node:zlib`, which just-bash's browser build still mentions (bundled by alias, see browser/build.mjs). Only
 * gzip, gunzip and zcat ask for it; in a page they fail with this sentence.
 */

function absent(): never {
  throw new Error("compression is not available in this terminal");
}

export const gzipSync = absent;
export const gunzipSync = absent;
export const constants = { Z_DEFAULT_COMPRESSION: -1, Z_BEST_COMPRESSION: 9, Z_BEST_SPEED: 1 };
