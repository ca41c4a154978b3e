// Where this bundle lies: `<site root>/assets/<build id>/…`, at whatever path the site is served under.

export interface SiteAddress {
  /** Folder of this build's files, ending in a slash. */
  assets: URL;
  root: URL;
}

/** From the address of any module of the bundle, in the build's folder or below it (chunks/). */
export function siteAddress(module: string): SiteAddress {
  const found = /^(.*\/)assets\/[^/]+\//.exec(module);
  // Outside a built site (a test page, a file run by itself) the module's own folder stands for both.
  if (found === null) return { assets: new URL(".", module), root: new URL(".", module) };
  return { assets: new URL(found[0]), root: new URL(found[1] as string) };
}

export const site = siteAddress(import.meta.url);
