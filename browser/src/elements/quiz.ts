// <gm-quiz bank="module-01">: a quiz drawn from a question bank. Before the script runs it holds the printed questions
// (macros/quiz.py); they stay for printing and for a page whose questions do not load.
import { assetUrl, eventsAbout, facts, forget, type Json, record, save, saved, subscribe } from "../progress/index.ts";
import { Attempt, lastAttempt } from "../quiz/attempt.ts";
import { type Bank, loadBank } from "../quiz/bank.ts";
import { attemptForm } from "../quiz/form.ts";
import { attemptReview, inQuestions } from "../quiz/review.ts";
import { counted, h, when } from "./markup.ts";

export class GmQuiz extends HTMLElement {
  /** Where everything live is drawn; the printed questions stay beside it. */
  readonly #stage = h("div", { class: "gm-quiz-stage" });
  readonly #status = h("p", { class: "gm-quiz-status", role: "status" });
  #bank: Bank | undefined;
  #writing: Promise<void> = Promise.resolve();
  #unsubscribe: (() => void) | undefined;

  connectedCallback(): void {
    this.#unsubscribe = subscribe(() => void this.#warn());
    if (this.#stage.isConnected) return;
    this.append(this.#status, this.#stage);
    void this.#load();
  }

  disconnectedCallback(): void {
    this.#unsubscribe?.();
  }

  get #name(): string {
    return this.getAttribute("bank") ?? "";
  }

  get #object(): string {
    return `quiz:${this.#name}`;
  }

  async #load(): Promise<void> {
    this.dataset.state = "loading";
    this.#stage.replaceChildren(h("p", { class: "gm-quiz-loading" }, "Loading the questions…"));
    try {
      this.#bank = await loadBank(assetUrl(`quizzes/${this.#name}.json`));
    } catch (error) {
      this.#show(
        "failed",
        h(
          "div",
          { class: "gm-panel" },
          h("p", {}, error instanceof Error ? error.message : String(error)),
          h(
            "p",
            {},
            h("button", { type: "button", class: "gm-button", onclick: () => void this.#load() }, "Try again"),
          ),
        ),
      );
      return;
    }
    const draft = await saved(this.#object);
    const attempt = Attempt.restore(this.#bank, draft);
    if (attempt !== null) {
      this.#ask(attempt);
      this.#announce(
        `Continued where you left off: ${attempt.answered} of ${attempt.questions.length} answered.`,
        true,
      );
    } else await this.#offer(draft);
    await this.#warn();
  }

  /** The way in: what the quiz asks, how it went before, and the button that starts. */
  async #offer(draft: Json | undefined): Promise<void> {
    const bank = this.#bank as Bank;
    const attempts = (await eventsAbout(this.#object)).filter(({ verb }) => verb === "answered");
    const last = lastAttempt(bank, attempts);
    const best = Math.max(0, ...attempts.map(({ result }) => result?.points ?? 0));
    const start = (): void => {
      this.#ask(Attempt.begin(bank, last), true);
    };
    const lastAt = attempts.at(-1)?.at;
    this.#show(
      "start",
      h(
        "div",
        { class: "gm-panel gm-quiz-start" },
        h(
          "p",
          {},
          `${counted(Math.min(bank.draw, bank.questions.length), "question")}, drawn anew from ${bank.questions.length} for each attempt. ` +
            `${bank.pass_mark} % passes; there is no time limit, and you may try as often as you like. ` +
            "Your answers are kept while you work, so you can leave and come back.",
        ),
        draft === undefined
          ? null
          : h(
              "p",
              {},
              "The questions have been revised since you began an attempt, so that attempt cannot be continued.",
            ),
        lastAt === undefined
          ? null
          : h(
              "p",
              {},
              `${counted(attempts.length, "attempt")} so far, best ${inQuestions(best)} points; the last on ${when(lastAt)}.`,
            ),
        h(
          "p",
          { class: "gm-quiz-end" },
          h(
            "button",
            { type: "button", class: "gm-button gm-button--primary", onclick: start },
            attempts.length > 0 ? "Try again" : "Start the quiz",
          ),
          last === null
            ? null
            : h(
                "button",
                { type: "button", class: "gm-button", onclick: () => this.#review(last) },
                "Show the last attempt",
              ),
        ),
      ),
    );
  }

  #ask(attempt: Attempt, focus = false): void {
    const store = (): void => {
      // One write after the other, so that the last one written is the last answer given.
      this.#writing = this.#writing.then(() => save(this.#object, attempt.draft()));
    };
    store();
    this.#show(
      "form",
      attemptForm(attempt, {
        onAnswer: store,
        onHandIn: () => void this.#handIn(attempt),
        announce: (text) => this.#announce(text),
      }),
      focus,
    );
  }

  async #handIn(attempt: Attempt): Promise<void> {
    const result = attempt.result();
    await record({ verb: "answered", object: this.#object, result });
    if (attempt.passed)
      await record({
        verb: "passed",
        object: this.#object,
        result: { points: attempt.points, max: attempt.max, version: attempt.bank.version },
      });
    await this.#writing;
    await forget(this.#object);
    this.#review(attempt);
  }

  #review(attempt: Attempt): void {
    this.#show(
      "review",
      attemptReview(attempt, () => this.#ask(Attempt.begin(attempt.bank, attempt), true)),
      true,
    );
  }

  /** Replace what is on the stage; with `focus` its heading takes the focus and scrolls into view. */
  #show(state: "start" | "form" | "review" | "failed", content: HTMLElement, focus = false): void {
    this.dataset.state = state;
    this.#status.textContent = "";
    this.#stage.replaceChildren(content);
    if (!focus) return;
    const heading = content.querySelector<HTMLElement>(".gm-quiz-heading");
    heading?.focus({ preventScroll: true });
    heading?.scrollIntoView({ block: "start", behavior: "instant" });
  }

  #announce(text: string, visible = false): void {
    this.#status.classList.toggle("gm-quiz-status--visible", visible);
    this.#status.textContent = text;
  }

  async #warn(): Promise<void> {
    const { warning } = await facts();
    const shown = this.querySelector(":scope > .gm-storage-warning");
    if (warning === null) shown?.remove();
    else if (shown === null) this.#stage.before(h("p", { class: "gm-storage-warning", role: "status" }, warning));
    else shown.textContent = warning;
  }
}

if (customElements.get("gm-quiz") === undefined) customElements.define("gm-quiz", GmQuiz);
