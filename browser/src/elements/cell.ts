/** `<gm-cell cell="1.1/first-bars">`: a runnable code block. Without script it is a code block with its stored output. */

import { record } from "../progress/index.ts";
import { bootOnIntent } from "../runtime/intent.ts";
import { session } from "../runtime/session.ts";
import { downloadCode } from "./code-file.ts";
import { CodePane } from "./code-pane.ts";
import { completer } from "./completion.ts";
import { Controls } from "./controls.ts";
import { make } from "./dom.ts";
import type { CodeCell } from "./notebook.ts";
import { RanCells, toRun } from "./page-order.ts";
import { type Ending, inSeconds, Runner } from "./runner.ts";

/** Which cells the present worker has run: one namespace a page, gone with the worker. */
const ran = new RanCells();

export class CellElement extends HTMLElement {
  static readonly tag = "gm-cell";
  #pane: CodePane | undefined;
  #runner: Runner | undefined;
  /** What the page showed before anything ran. */
  #stored = document.createDocumentFragment();
  #leave: (() => void)[] = [];

  /** `1.1/first-bars` */
  get cellId(): string {
    return this.getAttribute("cell") ?? "";
  }

  /** The namespace that this cell shares with the others of its page. */
  get page(): string {
    return this.cellId.split("/")[0] ?? "";
  }

  connectedCallback(): void {
    if (!this.#pane) this.#build();
    this.#leave.push(
      bootOnIntent(this),
      session().subscribe(() => this.#runner?.follow()),
    );
    this.#runner?.follow();
  }

  disconnectedCallback(): void {
    for (const leave of this.#leave.splice(0)) leave();
    void this.#pane?.keep();
  }

  /** Run this cell, after those above it that Python has not seen yet. */
  async run(): Promise<void> {
    const above = toRun(this.#cellsOfPage(), this, (cell) => ran.has(session().status.generation, cell.cellId));
    const them = above.length === 1 ? "The cell above" : `The ${above.length} cells above`;
    for (const cell of above) {
      this.#runner?.set("waiting", `${them} must run first`);
      const ending = await cell.#execute("");
      if (ending === "done") continue;
      this.#runner?.set(
        "idle",
        `Not run: ${cell.#name}, above, ${ending === "error" ? "ended with an error" : "was stopped"}.`,
      );
      return;
    }
    await this.#execute(above.length > 0 ? `${them} ran first. ` : "");
  }

  #build(): void {
    const shown = this.querySelector<HTMLElement>(".highlight") ?? this.querySelector<HTMLElement>("pre");
    if (!shown) return;
    const output = this.querySelector<HTMLElement>(":scope > .gm-output") ?? this.appendChild(make("div", "gm-output"));
    this.#stored.append(...Array.from(output.childNodes, (node) => node.cloneNode(true)));
    output.setAttribute("role", "region");
    output.setAttribute("aria-label", `Output of ${this.#name}`);
    this.#pane = new CodePane({
      shown,
      key: `cell:${this.cellId}`,
      original: (this.querySelector("code")?.textContent ?? "").replace(/\n$/, ""),
      label: `Python code of ${this.#name}`,
      run: () => void this.run(),
      complete: completer(this.page),
    });
    const file = this.cellId.replace("/", "-");
    const save = (kind: "script" | "notebook") => void downloadCode(kind, file, this.cellId, this.#withCellsAbove());
    const controls = new Controls({
      run: () => void this.run(),
      stop: () => void session().stop(),
      reset: () => this.#reset(output),
      script: () => save("script"),
      notebook: () => save("notebook"),
    });
    output.before(controls.element);
    this.#runner = new Runner(this, output, controls);
    this.#runner.set("idle", output.childElementCount > 0 ? "Stored output, from when this page was built." : "");
  }

  /** All cells that share this one's namespace, in page order. */
  #cellsOfPage(): CellElement[] {
    return [...document.querySelectorAll<CellElement>(CellElement.tag)].filter((cell) => cell.page === this.page);
  }

  /** What a file must hold to run without the page: the cells above may define what this one uses. */
  #withCellsAbove(): CodeCell[] {
    const cells = [...toRun(this.#cellsOfPage(), this, () => false), this];
    return cells.map((cell) => ({ id: cell.cellId, code: cell.#pane?.code ?? "" }));
  }

  get #name(): string {
    return this.cellId.split("/")[1] ?? "this cell";
  }

  async #execute(said: string): Promise<Ending["kind"]> {
    await this.#pane?.opened;
    if (!this.#pane || !this.#runner) return "stopped";
    const { code } = this.#pane;
    const job = { kind: "cell", code, page: this.page, filename: `cell ${this.#name}` } as const;
    const ending = await this.#runner.run(job, `the cell ${this.#name}`, said);
    if (ending.kind !== "done") return ending.kind;
    ran.add(this.#runner.generation, this.cellId);
    const time = inSeconds(ending.seconds);
    this.#runner.set("done", `${ending.said}Ran in ${time}${this.#runner.view.isEmpty ? ", without output" : ""}.`);
    void record({ verb: "ran", object: `cell:${this.cellId}` });
    return "done";
  }

  #reset(output: HTMLElement): void {
    this.#pane?.reset();
    this.#runner?.view.clear();
    output.append(this.#stored.cloneNode(true));
    output.dataset.stored = "";
    this.#runner?.set("idle", "Reset to the original. Undo in the editor brings your version back.");
  }
}

customElements.define(CellElement.tag, CellElement);
