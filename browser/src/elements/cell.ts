/** `<gm-cell cell="1.1/first-bars">`: a runnable code block. Without script it is a code block with its stored output. */

import { record } from "../progress/index.ts";
import { bootOnIntent } from "../runtime/intent.ts";
import type { Outcome } from "../runtime/session.ts";
import { type Session, session } from "../runtime/session.ts";
import { CodePane } from "./code-pane.ts";
import { completer } from "./completion.ts";
import { button, download, make } from "./dom.ts";
import { asNotebook, asScript } from "./notebook.ts";
import { OutputView } from "./output.ts";
import { RanCells, toRun } from "./page-order.ts";

type State = "stored" | "waiting" | "running" | "done" | "error" | "stopped" | "lost";

/** Which cells the present worker has run: one namespace a page, gone with the worker. */
const ran = new RanCells();

export class CellElement extends HTMLElement {
  static readonly tag = "gm-cell";
  #pane: CodePane | undefined;
  #view: OutputView | undefined;
  #controls: Controls | undefined;
  #stored: DocumentFragment | undefined;
  #leave: (() => void)[] = [];
  #state: State = "stored";
  #generation = 0;

  /** `1.1/first-bars` */
  get cellId(): string {
    return this.getAttribute("cell") ?? "";
  }

  /** The namespace that this cell shares with the others of its page. */
  get page(): string {
    return this.cellId.split("/")[0] ?? "";
  }

  get code(): string {
    return this.#pane?.code ?? "";
  }

  connectedCallback(): void {
    if (!this.#pane) this.#build();
    this.#leave.push(
      bootOnIntent(this),
      session().subscribe(() => this.#follow()),
    );
    this.#follow();
  }

  disconnectedCallback(): void {
    for (const leave of this.#leave.splice(0)) leave();
    void this.#pane?.keep();
  }

  /** Run this cell, after those above it that Python has not seen yet. */
  async run(): Promise<void> {
    const cells = [...document.querySelectorAll<CellElement>(CellElement.tag)].filter(
      (cell) => cell.page === this.page,
    );
    const earlier = toRun(cells, this, (cell) => ran.has(session().status.generation, cell.cellId));
    const said =
      earlier.length === 0
        ? ""
        : earlier.length === 1
          ? "The cell above ran first. "
          : `The ${earlier.length} cells above ran first. `;
    for (const cell of earlier) {
      this.#set("waiting", `Running the ${earlier.length === 1 ? "cell" : "cells"} above first`);
      const outcome = await cell.#execute("");
      if (outcome !== "done") {
        this.#set("stored", `Not run: a cell above ${outcome === "error" ? "ended with an error" : "was stopped"}.`);
        return;
      }
    }
    await this.#execute(said);
  }

  #build(): void {
    const code = this.querySelector<HTMLElement>(".highlight") ?? this.querySelector<HTMLElement>("pre");
    const original = this.querySelector("code")?.textContent ?? "";
    if (!code) return;
    const output = this.querySelector<HTMLElement>(":scope > .gm-output") ?? this.appendChild(make("div", "gm-output"));
    const stored = document.createDocumentFragment();
    stored.append(...Array.from(output.childNodes, (node) => node.cloneNode(true)));
    this.#stored = stored;
    output.setAttribute("role", "region");
    output.setAttribute("aria-label", `Output of ${this.#name}`);
    this.#view = new OutputView(output);
    this.#pane = new CodePane({
      shown: code,
      key: `cell:${this.cellId}`,
      original: original.replace(/\n$/, ""),
      label: `Python code of ${this.#name}`,
      run: () => void this.run(),
      complete: completer(this.page),
    });
    this.#controls = new Controls({
      run: () => void this.run(),
      stop: () => void session().stop(),
      reset: () => this.#reset(),
      script: () => download(`${this.#fileName}.py`, asScript(this.cellId, this.#asCells()), "text/x-python"),
      notebook: () =>
        download(`${this.#fileName}.ipynb`, asNotebook(this.cellId, this.#asCells()), "application/x-ipynb+json"),
    });
    output.before(this.#controls.element);
    this.#set("stored", output.childElementCount > 0 ? "Stored output, from when this page was built." : "");
  }

  get #name(): string {
    return this.cellId.split("/")[1] ?? "this cell";
  }

  get #fileName(): string {
    return this.cellId.replace("/", "-");
  }

  #asCells() {
    return [{ id: this.cellId, code: this.code }];
  }

  async #execute(said: string): Promise<"done" | "error" | "stopped"> {
    const python: Session = session();
    await this.#pane?.opened;
    const view = this.#view;
    if (!view) return "stopped";
    let closeField = () => {};
    let began = performance.now();
    let isFirst = true;
    this.#set("waiting", python.status.running ? `Waits for ${python.status.running}` : "Starting Python");
    const prepare = () => {
      if (isFirst) view.clear(); // the old output stays until there is something newer to see
      isFirst = false;
    };
    const { outcome } = python.run(
      { kind: "cell", code: this.code, page: this.page, filename: `cell ${this.#name}` },
      `the cell ${this.#name}`,
      {
        started: () => {
          began = performance.now();
          prepare();
          this.#set("running", "Running");
        },
        parts: (parts) => view.append(parts),
        ask: (prompt, answer) => {
          this.#set("running", "Waits for your input");
          closeField = view.ask(prompt, (text) => {
            this.#set("running", "Running");
            answer(text);
          });
        },
      },
    );
    const result = await outcome;
    closeField();
    if (result.kind !== "done") prepare();
    return this.#conclude(result, said, (performance.now() - began) / 1000);
  }

  #conclude(outcome: Outcome, said: string, seconds: number): "done" | "error" | "stopped" {
    this.#generation = session().status.generation;
    if (outcome.kind === "stopped") {
      this.#set(
        "stopped",
        `${said}Stopped. Files and the simulated system are as after the last finished run; variables are lost.`,
      );
      return "stopped";
    }
    if (outcome.kind === "failed") {
      this.#set("error", outcome.message);
      return "error";
    }
    const failed = !outcome.ok || this.querySelector(":scope > .gm-output > .gm-error") !== null;
    const time = `${seconds < 10 ? seconds.toFixed(1) : Math.round(seconds)} s`;
    if (failed) {
      this.#set("error", `${said}Ended with an error after ${time}.`);
      return "error";
    }
    ran.add(this.#generation, this.cellId);
    this.#set("done", `${said}${this.#view?.isEmpty ? `Ran in ${time}, without output.` : `Ran in ${time}.`}`);
    void record({ verb: "ran", object: `cell:${this.cellId}` });
    return "done";
  }

  #reset(): void {
    this.#pane?.reset();
    const output = this.querySelector<HTMLElement>(":scope > .gm-output");
    if (output && this.#stored) {
      this.#view?.clear();
      output.append(this.#stored.cloneNode(true));
      output.dataset.stored = "";
    }
    this.#set("stored", "Reset to the original. Undo in the editor brings your version back.");
  }

  /** Status of Python, as far as it concerns this cell. */
  #follow(): void {
    const { phase, text, generation } = session().status;
    if (this.#state === "waiting" && phase === "booting") this.#set("waiting", text);
    else if (this.#state === "running" && text) this.#set("running", text);
    else if (this.#state === "done" && phase === "ready" && generation !== this.#generation) {
      this.#set("lost", "Python was started anew since: run again before you use what this cell defines.");
    } else if (this.#state === "stored" && phase === "failed") this.#controls?.say(text);
  }

  #set(state: State, text: string): void {
    this.#state = state;
    this.dataset.state = state;
    this.#controls?.show(state === "waiting" || state === "running", text);
  }
}

interface Actions {
  run(): void;
  stop(): void;
  reset(): void;
  script(): void;
  notebook(): void;
}

/** The bar under the code: what can be done, and what is going on. */
class Controls {
  readonly element = make("div", "gm-runbar");
  readonly #run: HTMLButtonElement;
  readonly #stop: HTMLButtonElement;
  readonly #status = make("span", "gm-status");

  constructor(actions: Actions) {
    this.#run = button({
      label: "Run",
      title: "Run (Ctrl+Enter or ⌘ Enter in the code)",
      primary: true,
      onClick: actions.run,
    });
    this.#stop = button({ label: "Stop", title: "End the program and start Python anew", onClick: actions.stop });
    this.#stop.hidden = true;
    this.#status.setAttribute("role", "status");
    const tools = make("span", "gm-runbar-tools");
    tools.append(
      button({ label: "Reset", title: "Bring the original code back", onClick: actions.reset }),
      button({ label: ".py", title: "Download as a Python file", onClick: actions.script }),
      button({ label: ".ipynb", title: "Download as a Jupyter notebook", onClick: actions.notebook }),
    );
    this.element.append(this.#run, this.#stop, this.#status, tools);
  }

  show(isBusy: boolean, text: string): void {
    this.#run.hidden = isBusy;
    this.#stop.hidden = !isBusy;
    this.say(text);
  }

  say(text: string): void {
    if (this.#status.textContent !== text) this.#status.textContent = text;
  }
}

customElements.define(CellElement.tag, CellElement);
