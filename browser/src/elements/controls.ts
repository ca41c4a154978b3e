/** The bar under runnable code: what can be done, and what is going on. Cells and labs have the same one. */

import { button, make } from "./dom.ts";

export interface Actions {
  run(): void;
  stop(): void;
  reset(): void;
  script(): void;
  notebook(): void;
  /** Labs only. */
  check?(): void;
}

export class Controls {
  readonly element = make("div", "gm-runbar");
  readonly #idle: HTMLButtonElement[];
  readonly #stop: HTMLButtonElement;
  readonly #status = make("span", "gm-status");

  constructor(actions: Actions) {
    const { check } = actions;
    const keys = "Ctrl+Enter or ⌘ Enter in the code";
    this.#idle = [button({ label: "Run", title: `Run (${keys})`, primary: !check, onClick: () => actions.run() })];
    if (check)
      this.#idle.push(
        button({ label: "Check", title: "Run and judge your code", primary: true, onClick: () => check() }),
      );
    this.#stop = button({
      label: "Stop",
      title: "End the program and start Python anew",
      onClick: () => actions.stop(),
    });
    this.#stop.hidden = true;
    this.#status.setAttribute("role", "status");
    const tools = make("span", "gm-runbar-tools");
    tools.append(
      button({ label: "Reset", title: "Bring the original code back", onClick: () => actions.reset() }),
      button({ label: ".py", title: "Download as a Python file", onClick: () => actions.script() }),
      button({ label: ".ipynb", title: "Download as a Jupyter notebook", onClick: () => actions.notebook() }),
    );
    this.element.append(...this.#idle, this.#stop, this.#status, tools);
  }

  show(isBusy: boolean, text: string): void {
    const hadFocus = this.element.contains(document.activeElement);
    for (const action of this.#idle) action.hidden = isBusy;
    this.#stop.hidden = !isBusy;
    // A button that disappears under the keyboard's focus would throw the reader back to the top of the page.
    if (hadFocus && document.activeElement === document.body) (isBusy ? this.#stop : this.#idle.at(-1))?.focus();
    if (this.#status.textContent !== text) this.#status.textContent = text;
  }
}
