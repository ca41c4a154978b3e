/**
 * `<gm-desk>`: a trading desk for people who do not code, on the same World as cells and terminal. Without script it shows
 * what is in it: the desk as it stood at one instant when the site was built.
 */

import { chart } from "../desk/chart.ts";
import {
  type Acts,
  account,
  alertsPanel,
  decisionsPanel,
  limitsPanel,
  news,
  type OrderForm,
  positionsPanel,
  ticket,
} from "../desk/panels.ts";
import { type DeskState, parseDesk } from "../desk/state.ts";
import { instant } from "../desk/words.ts";
import { session } from "../runtime/session.ts";
import { button, make } from "./dom.ts";
import { h } from "./markup.ts";

const TABS = ["Decisions", "Positions and orders", "Limits", "Alerts"] as const;
type Tab = (typeof TABS)[number];

/** Of the picture's frame, left and right, in CSS pixels (--gm-space-4). */
const PADDING = 16;

/** How far time moves at a press, in the words of the button. */
const STEPS = [
  { label: "Next bar", title: "Let five minutes go by", body: { to: "bar" } },
  { label: "Half hour", title: "Go on to the next half hour", body: { to: "half_hour" } },
  { label: "Next trade", title: "Go on until an agent trades, at most a session", body: { to: "trade" } },
  { label: "Session end", title: "Go on to 16:00 in New York", body: { to: "close" } },
] as const;

export class DeskElement extends HTMLElement {
  static readonly tag = "gm-desk";
  #state: DeskState | undefined;
  #symbol = "ES";
  #tab: Tab = "Decisions";
  #isBusy = false;
  #isLive = false;
  readonly #status = make("span", "gm-status");
  readonly #clock = make("time", "gm-terminal-clock");
  readonly #open = button({ label: "Open the desk", primary: true, onClick: () => void this.#begin() });
  readonly #steps = STEPS.map(({ label, title, body }) =>
    button({ label, title, onClick: () => void this.#act("POST", "/simulator/desk/step", body) }),
  );
  readonly #stop = button({ label: "Emergency stop", onClick: () => this.#emergency() });
  readonly #head = make("div", "gm-desk-head");
  readonly #picture = make("div", "gm-desk-picture");
  readonly #tabs = h("div", { class: "gm-desk-tabs", role: "tablist", "aria-label": "Desk" });
  readonly #panel = h("div", { class: "gm-desk-panel", role: "tabpanel", tabindex: 0 });
  #ticket: HTMLFormElement | undefined;
  #leave: (() => void) | undefined;
  #seenWorld: string | null = null;

  connectedCallback(): void {
    if (!this.contains(this.#open)) this.#build();
    this.#leave = session().subscribe(() => this.#follow());
  }

  disconnectedCallback(): void {
    this.#leave?.();
  }

  #build(): void {
    this.#status.setAttribute("role", "status");
    this.#clock.title = "Clock of the simulated system";
    const bar = make("div", "gm-runbar");
    bar.append(this.#open, ...this.#steps, this.#stop, this.#status, this.#clock);
    for (const control of [...this.#steps, this.#stop]) control.hidden = true;
    this.#stop.classList.add("gm-desk-kill");
    this.prepend(bar);
  }

  async #begin(): Promise<void> {
    this.#open.disabled = true;
    this.#say("Starting the simulated system");
    if (!(await this.#refresh())) {
      this.#open.disabled = false;
      return;
    }
    this.#isLive = true;
    this.#open.hidden = true;
    for (const control of [...this.#steps, this.#stop]) control.hidden = false;
    for (const sample of this.querySelectorAll<HTMLElement>(":scope > [data-sample]")) sample.remove();
    this.#fillTabs();
    this.append(this.#head, this.#picture, this.#tabs, this.#panel);
    this.#draw();
    this.#steps[0]?.focus();
    this.#say(session().takeNotices());
  }

  // ---- asking the system -----------------------------------------------------------------------------------------------

  /** Fetch the desk anew; false, with the reason on screen, when that fails. */
  async #refresh(): Promise<boolean> {
    try {
      const answer = await session().http("GET", "/simulator/desk", null);
      if (answer.status !== 200) throw new Error(reason(answer.body));
      this.#state = parseDesk(answer.body);
      this.#seenWorld = session().world;
      return true;
    } catch (error) {
      this.#say(error instanceof Error ? error.message : String(error));
      return false;
    }
  }

  /** Do something to the system, then show what came of it. One at a time. */
  async #act(method: string, path: string, body: object | null): Promise<void> {
    if (this.#isBusy) return;
    this.#setBusy(true);
    this.#say("Working");
    const before = this.#state;
    try {
      const answer = await session().http(method, path, body);
      const refused = answer.status >= 400 ? reason(answer.body) : "";
      if (await this.#refresh()) {
        this.#lookAtNewFill(before);
        this.#draw();
        this.#say(refused || (this.#state ? news(before, this.#state) : ""));
      }
    } catch (error) {
      this.#say(error instanceof Error ? error.message : String(error));
    } finally {
      this.#setBusy(false);
    }
  }

  /** Show the instrument that was just traded. */
  #lookAtNewFill(before: DeskState | undefined): void {
    const [newest] = this.#state?.fills ?? [];
    const [known] = before?.fills ?? [];
    if (newest && newest.time !== known?.time) this.#symbol = newest.symbol;
  }

  readonly #acts: Acts = {
    order: ({ symbol, side, quantity, type, limitPrice }: OrderForm) =>
      void this.#act("POST", "/api/v1/orders", {
        symbol,
        side,
        quantity,
        type,
        ...(type === "LIMIT" ? { limit_price: limitPrice } : type === "STOP" ? { stop_price: limitPrice } : {}),
      }),
    cancel: (id) => void this.#act("DELETE", `/api/v1/orders/${id}`, null),
    close: (symbol) => void this.#act("POST", "/api/v1/positions/close", { symbol }),
    acknowledge: (id) => void this.#act("POST", `/api/v1/alerts/${id}/acknowledge`, {}),
    limit: (name, value) => void this.#act("PUT", `/api/v1/risk/limits/${name}`, { value }),
  };

  #emergency(): void {
    if (this.#state?.status === "EMERGENCY_STOP") {
      void this.#act("POST", "/api/v1/system/emergency-stop/reset", { by: "desk" });
      return;
    }
    const dialog = h(
      "dialog",
      { class: "gm-desk-dialog", "aria-labelledby": "gm-desk-stop-title" },
      h("h3", { id: "gm-desk-stop-title" }, "Stop all trading?"),
      h(
        "p",
        {},
        "All open orders are cancelled, all positions are sold or bought back at the market, and nothing is traded until a person resets it.",
      ),
      h(
        "form",
        { method: "dialog", class: "gm-actions" },
        h("button", { class: "gm-button", value: "cancel" }, "Keep trading"),
        h("button", { class: "gm-button gm-desk-kill", value: "stop" }, "Stop all trading"),
      ),
    );
    dialog.addEventListener("close", () => {
      dialog.remove();
      this.#stop.focus();
      if (dialog.returnValue === "stop")
        void this.#act("POST", "/api/v1/system/emergency-stop", { reason: "Stopped by hand at the desk" });
    });
    this.append(dialog);
    dialog.showModal();
  }

  /** Cells and the terminal act on the same World: when it changed under the desk, look again. */
  #follow(): void {
    const { phase, text, running } = session().status;
    if (!this.#isLive) {
      if (this.#open.disabled && phase === "booting") this.#say(text);
      return;
    }
    if (phase !== "ready" || running !== null || this.#isBusy || session().world === this.#seenWorld) return;
    this.#seenWorld = session().world;
    void this.#refresh().then((ok) => ok && this.#draw());
  }

  // ---- showing it ------------------------------------------------------------------------------------------------------

  #draw(): void {
    const state = this.#state;
    if (!state) return;
    this.#clock.dateTime = state.clock;
    this.#clock.textContent = `Simulated time ${instant(state.clock)} UTC`;
    const isStopped = state.status === "EMERGENCY_STOP";
    this.#stop.textContent = isStopped ? "Reset the stop" : "Emergency stop";
    const system = h(
      "p",
      { class: "gm-desk-system", "data-status": state.status },
      h("b", {}, `Trading: ${state.status}`),
    );
    if (state.statusReason) system.append(` ${state.statusReason}`);
    this.#head.replaceChildren(system, account(state));
    this.#drawPicture(state);
    this.#drawTabs(state);
    this.#drawPanel(state);
  }

  #drawPicture(state: DeskState): void {
    const choose = h("div", { class: "gm-desk-symbols", role: "group", "aria-label": "Instrument" });
    for (const symbol of Object.keys(state.bars)) {
      const pick = button({
        label: symbol,
        onClick: () => {
          this.#symbol = symbol;
          this.#draw();
          this.#picture.querySelector<HTMLElement>('[aria-pressed="true"]')?.focus();
        },
      });
      pick.setAttribute("aria-pressed", String(symbol === this.#symbol));
      choose.append(pick);
    }
    this.#picture.replaceChildren(
      choose,
      chart(this.#symbol, state.bars[this.#symbol] ?? [], state.fills, this.clientWidth - 2 * PADDING),
    );
  }

  #fillTabs(): void {
    this.#panel.id = "gm-desk-panel";
    for (const tab of TABS) {
      const choose = h(
        "button",
        { type: "button", role: "tab", "data-tab": tab, "aria-controls": "gm-desk-panel" },
        tab,
      );
      choose.addEventListener("click", () => this.#choose(tab));
      this.#tabs.append(choose);
    }
    this.#tabs.addEventListener("keydown", (event) => {
      const move = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (move === undefined) return;
      event.preventDefault();
      const next = TABS.at((TABS.indexOf(this.#tab) + move) % TABS.length);
      if (next) this.#choose(next);
      this.#tabs.querySelector<HTMLElement>('[aria-selected="true"]')?.focus();
    });
  }

  #choose(tab: Tab): void {
    this.#tab = tab;
    this.#draw();
  }

  #drawTabs(state: DeskState): void {
    const counts: Partial<Record<Tab, number>> = {
      "Positions and orders": state.positions.filter((position) => position.quantity !== 0).length,
      Alerts: state.alerts.filter((alert) => alert.state === "active").length,
    };
    for (const tab of this.#tabs.querySelectorAll<HTMLElement>("[role=tab]")) {
      const name = TABS.find((one) => one === tab.dataset.tab) ?? "Decisions";
      const isChosen = name === this.#tab;
      tab.setAttribute("aria-selected", String(isChosen));
      tab.tabIndex = isChosen ? 0 : -1;
      const count = counts[name] ?? 0;
      tab.textContent = count > 0 ? `${name} (${count})` : name;
    }
    this.#panel.setAttribute("aria-label", this.#tab);
  }

  #drawPanel(state: DeskState): void {
    const opened = new Set(
      [...this.#panel.querySelectorAll<HTMLDetailsElement>("details[open]")].map((entry) => entry.dataset.id ?? ""),
    );
    const focused = this.#panel.contains(document.activeElement);
    if (this.#tab === "Decisions") this.#panel.replaceChildren(...decisionsPanel(state, opened));
    else if (this.#tab === "Limits") this.#panel.replaceChildren(...limitsPanel(state, this.#acts));
    else if (this.#tab === "Alerts") this.#panel.replaceChildren(...alertsPanel(state, this.#acts));
    else {
      this.#ticket ??= ticket(Object.keys(state.bars), this.#acts);
      this.#panel.replaceChildren(this.#ticket, ...positionsPanel(state, this.#acts));
    }
    // What had the focus is gone with the old state: the panel takes it, not the top of the page.
    if (focused && !this.#panel.contains(document.activeElement)) this.#panel.focus({ preventScroll: true });
  }

  #setBusy(isBusy: boolean): void {
    this.#isBusy = isBusy;
    this.dataset.state = isBusy ? "running" : "done";
    for (const control of [...this.#steps, this.#stop]) control.setAttribute("aria-disabled", String(isBusy));
  }

  #say(text: string): void {
    if (this.#status.textContent !== text) this.#status.textContent = text;
  }
}

/** Why a request was refused, in the API's own words. */
function reason(body: unknown): string {
  const { error } = (body ?? {}) as { error?: { message?: unknown } };
  return typeof error?.message === "string" ? error.message : "The trading system refused that.";
}

customElements.define(DeskElement.tag, DeskElement);
