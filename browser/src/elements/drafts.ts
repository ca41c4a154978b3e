/**
 * The learner's own version of a piece of code. A release may change the original under it: then the new original is
 * shown, the learner's version is kept beside it, and both are offered.
 */

/** A piece of code and the version of the original that it is, or grew from. */
export interface Version {
  readonly code: string;
  readonly version: string;
}

/** Where drafts are kept: the face of browser/src/progress that is used here. */
export interface DraftStore {
  saved(key: string): Promise<unknown>;
  save(
    key: string,
    value: { code: string; version: string; older: { code: string; version: string } | null },
  ): Promise<void>;
  forget(key: string): Promise<void>;
}

function parseVersion(value: unknown): Version | null {
  if (typeof value !== "object" || value === null) return null;
  const { code, version } = value as Record<string, unknown>;
  return typeof code === "string" && typeof version === "string" ? { code, version } : null;
}

export class Drafts {
  readonly #store: DraftStore;
  readonly #key: string;
  readonly #original: Version;
  #older: Version | null = null;

  constructor(store: DraftStore, key: string, original: Version) {
    this.#store = store;
    this.#key = key;
    this.#original = original;
  }

  /** A version that the learner made from an earlier original, and has not yet taken up or dropped. */
  get older(): Version | null {
    return this.#older;
  }

  /** The code to show: the learner's, if it grew from the present original. */
  async open(): Promise<string> {
    const value = await this.#store.saved(this.#key);
    const draft = parseVersion(value);
    if (!draft) return this.#original.code;
    if (draft.version === this.#original.version) {
      this.#older = parseVersion((value as { older?: unknown }).older);
      return draft.code;
    }
    this.#older = draft;
    return this.#original.code;
  }

  /** Keep what the learner wrote. The original itself is not kept. */
  async keep(code: string): Promise<void> {
    const isOriginal = code === this.#original.code;
    if (isOriginal && !this.#older) await this.#store.forget(this.#key);
    else if (isOriginal && this.#older) await this.#store.save(this.#key, { ...this.#older, older: null });
    else {
      const older = this.#older ? { ...this.#older } : null;
      await this.#store.save(this.#key, { code, version: this.#original.version, older });
    }
  }

  /** Drop the earlier version, after it was taken up or declined; `code` is what is shown now. */
  async settle(code: string): Promise<void> {
    this.#older = null;
    await this.keep(code);
  }
}
