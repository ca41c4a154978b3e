/**
 * `<gm-terminal>`: a shell on the learner's checkout and the simulated system. Without script it shows what is in it: a
 * sample session. It opens on request, because it starts Python.
 */

import { session } from "../runtime/session.ts";
import { Shell } from "../shell/shell.ts";
import { button, make } from "./dom.ts";
import { TerminalScreen } from "./terminal-screen.ts";

/** One shell for the visit: it keeps its variables and directory when the page changes. */
let shared: Shell | undefined;

function shell(): Shell {
  shared ??= new Shell(session());
  return shared;
}

/** The instant of a World snapshot, as the simulated system's clock shows it. */
function worldTime(world: string | null): string {
  if (world === null) return "";
  const { now } = JSON.parse(world) as { now?: unknown };
  if (typeof now !== "number") return "";
  return `${new Date(now).toISOString().slice(0, 19).replace("T", " ")} UTC`;
}

export class TerminalElement extends HTMLElement {
  static readonly tag = "gm-terminal";
  #screen: TerminalScreen | undefined;
  #clock = make("time", "gm-terminal-clock");
  #status = make("span", "gm-status");
  #stop = button({ label: "Stop", title: "End what runs and start Python anew", onClick: () => void session().stop() });
  #open: HTMLButtonElement | undefined;
  #leave: (() => void)[] = [];

  connectedCallback(): void {
    if (!this.#open) this.#build();
    this.#leave.push(session().subscribe(() => this.#follow()));
    this.#follow();
  }

  disconnectedCallback(): void {
    for (const leave of this.#leave.splice(0)) leave();
    this.#screen?.close();
    this.#screen = undefined;
  }

  #build(): void {
    this.#open = button({ label: "Open the terminal", primary: true, onClick: () => void this.#begin() });
    this.#status.setAttribute("role", "status");
    this.#stop.hidden = true;
    this.#clock.title = "Clock of the simulated system";
    const bar = make("div", "gm-runbar");
    bar.append(this.#open, this.#stop, this.#status, this.#clock);
    this.prepend(bar);
    for (const sample of this.#samples()) sample.addEventListener("click", () => void this.#begin());
  }

  /** The session that the page shows until the terminal opens. */
  #samples(): NodeListOf<HTMLElement> {
    return this.querySelectorAll<HTMLElement>(":scope > pre, :scope > .highlight");
  }

  async #begin(): Promise<void> {
    if (!this.#open || this.#open.disabled) return;
    this.#open.disabled = true;
    this.#say("Starting Python");
    try {
      await shell().start();
    } catch (error) {
      this.#open.disabled = false;
      this.#say(error instanceof Error ? error.message : String(error));
      return;
    }
    this.#open.hidden = true;
    this.#say(session().takeNotices());
    for (const sample of this.#samples()) sample.hidden = true;
    const python = session();
    const history = parseHistory(await python.keep.value("history"));
    this.#screen = new TerminalScreen(this, shell(), history, {
      waits: (what) => {
        this.#stop.hidden = what === null;
        this.#say(what === null ? "" : `Waits for ${what}`);
      },
      keepHistory: (lines) => void python.keep.putValue("history", JSON.stringify(lines)),
    });
    this.#follow();
    this.#screen.focus();
  }

  #follow(): void {
    const { phase, text } = session().status;
    const time = worldTime(session().world);
    this.#clock.textContent = time && `Simulated time ${time}`;
    if (!this.#screen && this.#open?.disabled && phase === "booting") this.#say(text);
  }

  #say(text: string): void {
    if (this.#status.textContent !== text) this.#status.textContent = text;
  }
}

/** The history that was kept; whatever cannot be read as one is no history. */
function parseHistory(text: string | null): string[] {
  try {
    const value: unknown = JSON.parse(text ?? "[]");
    return Array.isArray(value) ? value.filter((line): line is string => typeof line === "string") : [];
  } catch {
    return [];
  }
}

customElements.define(TerminalElement.tag, TerminalElement);
