/**
 * The learner's files, owned by the page: path to bytes, with a revision for each change.
 *
 * The shell's and Python's file systems are peers. Each receives what changed since it last looked when a command
 * starts, and gives back what it changed when the command ends, so that bash, cells and tests see one tree.
 */

import type { FileChange, FileDelta } from "./protocol.ts";

interface Entry {
  readonly bytes: Uint8Array | null;
  readonly revision: number;
  /** Who made this change, so that it is not sent back there. */
  readonly origin: Peer | null;
  /** True for a file that came with this release and that the learner has not touched. */
  readonly given: boolean;
}

export class Workspace {
  readonly #files = new Map<string, Entry>();
  #revision = 0;
  /** Called after each change by the learner (not for given files), with what changed. */
  onChange: (delta: FileDelta) => void = () => {};

  get revision(): number {
    return this.#revision;
  }

  /** A new peer, which knows nothing yet: its first delta holds every file. */
  peer(): Peer {
    return new Peer(this);
  }

  /** All files, without the deleted ones. */
  files(): ReadonlyMap<string, Uint8Array> {
    const files = new Map<string, Uint8Array>();
    for (const [path, { bytes }] of this.#files) if (bytes) files.set(path, bytes);
    return files;
  }

  /** Files that come with the release; what the learner changed or deleted stays as it is. */
  give(delta: FileDelta, origin: Peer | null): void {
    this.#put(
      delta.filter(({ path }) => this.#files.get(path)?.given ?? true),
      origin,
      true,
    );
  }

  /** The learner's changes, from a peer or from an earlier visit. */
  apply(delta: FileDelta, origin: Peer | null): void {
    if (delta.length === 0) return;
    this.#put(delta, origin, false);
    this.onChange(delta);
  }

  /** Put back what an earlier visit kept, without reporting it as a change. */
  restore(delta: FileDelta): void {
    this.#put(delta, null, false);
  }

  /** What `peer` has not seen yet. */
  since(revision: number, peer: Peer): FileDelta {
    const changes: FileChange[] = [];
    for (const [path, entry] of this.#files) {
      if (entry.revision > revision && entry.origin !== peer) changes.push({ path, bytes: entry.bytes });
    }
    return changes;
  }

  #put(delta: FileDelta, origin: Peer | null, given: boolean): void {
    if (delta.length === 0) return;
    this.#revision += 1;
    for (const { path, bytes } of delta) this.#files.set(path, { bytes, revision: this.#revision, origin, given });
  }
}

/** One file system that follows the workspace. */
export class Peer {
  readonly #workspace: Workspace;
  #seen = 0;

  constructor(workspace: Workspace) {
    this.#workspace = workspace;
  }

  /** What this peer must be told before its next command. It counts as told from now on. */
  outgoing(): FileDelta {
    const delta = this.#workspace.since(this.#seen, this);
    this.#seen = this.#workspace.revision;
    return delta;
  }

  /** What this peer's command changed. */
  incoming(delta: FileDelta): void {
    this.#workspace.apply(delta, this);
  }
}
