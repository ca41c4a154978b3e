/**
 * Code that can be run at once and edited when wanted: the highlighted text from the page, in whose place an editor
 * comes on the first click, key or touch. The editor is a chunk of its own; running does not wait for it.
 */

import type { Completion, Editor } from "../editor/editor.ts";
import { forget, save, saved } from "../progress/index.ts";
import { button, make, textHash } from "./dom.ts";
import { Drafts } from "./drafts.ts";

/** How long typing may rest before the draft is written. Milliseconds. */
const KEEP_AFTER = 400;

export interface CodePaneOptions {
  /** The `<pre>` or `.highlight` that shows the code before any script runs; the editor takes its place. */
  readonly shown: HTMLElement;
  /** Key of the draft: `cell:1.1/first-bars`, `exercise:2.1`. */
  readonly key: string;
  readonly original: string;
  readonly label: string;
  readonly run: () => void;
  readonly complete: (code: string, cursor: number) => Promise<Completion[]>;
}

export class CodePane {
  readonly #options: CodePaneOptions;
  readonly #drafts: Drafts;
  readonly #tools: HTMLElement;
  #code: string;
  #editor: Editor | undefined;
  #opening: Promise<Editor> | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** The draft has been looked up, so `code` is what the learner should see. */
  readonly opened: Promise<void>;

  constructor(options: CodePaneOptions) {
    this.#options = options;
    this.#code = options.original;
    const original = { code: options.original, version: textHash(options.original) };
    this.#drafts = new Drafts({ saved, save, forget }, options.key, original);
    this.#tools = make("div", "gm-code-tools");
    options.shown.after(this.#tools);
    this.#listen();
    this.opened = this.#open();
  }

  get code(): string {
    return this.#code;
  }

  get isChanged(): boolean {
    return this.#code !== this.#options.original;
  }

  /** Put the original back. In the editor it is one step of its history, so undo brings the learner's version back. */
  reset(): void {
    this.#show(this.#options.original);
  }

  /** Put some code in the place of what is there, as an edit. */
  replace(code: string): void {
    this.#show(code);
  }

  /** Bring the editor, with the caret in it. */
  async edit(): Promise<void> {
    (await this.#withEditor()).focus();
  }

  /** Write what is pending; the page may be about to go. */
  async keep(): Promise<void> {
    clearTimeout(this.#timer);
    await this.#drafts.keep(this.#code);
  }

  /** Let the editor go (the element leaves the page). */
  close(): void {
    void this.keep();
    this.#editor?.destroy();
  }

  async #open(): Promise<void> {
    const code = await this.#drafts.open();
    if (this.#drafts.older) this.#offerOlder();
    if (code === this.#code) return;
    this.#code = code;
    await this.#withEditor(); // the highlighted text on the page is the original's
  }

  #listen(): void {
    const { shown, label } = this.#options;
    const preload = () => void import("../editor/editor.ts");
    shown.addEventListener("pointerenter", preload, { once: true });
    const frame = shown.matches("pre") ? shown : (shown.querySelector("pre") ?? shown);
    frame.tabIndex = 0;
    frame.setAttribute("role", "group");
    frame.setAttribute("aria-label", `${label}. Press Enter to edit.`);
    shown.addEventListener("click", (event) => {
      const selecting = getSelection()?.type === "Range";
      if (!selecting && !(event.target as Element).closest("button, a[href]")) void this.edit();
    });
    frame.addEventListener("keydown", (event) => {
      if (event.target !== frame || event.defaultPrevented) return;
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) this.#options.run();
      else if (event.key === "Enter") void this.edit();
      else return;
      event.preventDefault();
    });
  }

  #withEditor(): Promise<Editor> {
    this.#opening ??= import("../editor/editor.ts").then(({ createEditor }) => {
      const { shown, label, run, complete } = this.#options;
      const holder = make("div", "gm-editor");
      shown.after(holder);
      shown.hidden = true;
      const hint = make(
        "p",
        "gm-editor-hint",
        "Tab indents. Esc, then Tab, leaves the editor. Ctrl+Enter (⌘ Enter) runs.",
      );
      holder.after(hint);
      this.#editor = createEditor(holder, {
        code: this.#code,
        label,
        run,
        complete,
        changed: (code) => this.#changed(code),
      });
      return this.#editor;
    });
    return this.#opening;
  }

  #changed(code: string): void {
    this.#code = code;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#drafts.keep(code), KEEP_AFTER);
  }

  #show(code: string): void {
    if (this.#editor) this.#editor.replace(code);
    else if (code !== this.#code) {
      this.#code = code;
      void this.#withEditor();
    }
    this.#changed(code);
  }

  #offerOlder(): void {
    const notice = make("div", "gm-code-notice");
    notice.append(make("p", "", "This code has changed since you edited it. Your version is kept."));
    const settle = (takeUp: boolean) => {
      const older = this.#drafts.older;
      notice.remove();
      if (takeUp && older) this.#show(older.code);
      void this.#drafts.settle(this.#code);
    };
    notice.append(
      button({ label: "Show my version", onClick: () => settle(true) }),
      button({ label: "Keep the new one", onClick: () => settle(false) }),
    );
    this.#tools.append(notice);
  }
}
