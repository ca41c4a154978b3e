/**
 * `<gm-lab exercise="2.1">`: an exercise with steps, hints, checks and reflection. Without script the page holds all of it
 * but the checks' verdicts, the solution and the model answers, which come from `exercises/2.1.json`.
 */

import type { ExerciseFile } from "../generated/exercise.ts";
import { isExerciseFile } from "../generated/validate.js";
import { assetUrl, record } from "../progress/index.ts";
import { bootOnIntent } from "../runtime/intent.ts";
import { session } from "../runtime/session.ts";
import { downloadCode } from "./code-file.ts";
import { CodePane } from "./code-pane.ts";
import { completer } from "./completion.ts";
import { Controls } from "./controls.ts";
import { make } from "./dom.ts";
import { SolutionView, stageHints } from "./lab-help.ts";
import { openReflection } from "./lab-reflection.ts";
import { markSteps, parseReport, pointsOf, reportView } from "./lab-report.ts";
import { inSeconds, Runner } from "./runner.ts";

/** Seed of the workspace that answers are checked in; the same as the learner's own, so that results can be compared. */
const CHECK_SEED = 7;

export class LabElement extends HTMLElement {
  static readonly tag = "gm-lab";
  #exercise: ExerciseFile | undefined;
  #pane: CodePane | undefined;
  #runner: Runner | undefined;
  #report = make("div", "gm-report-place");
  #leave: (() => void)[] = [];
  #isBuilt = false;

  /** `2.1` */
  get exerciseId(): string {
    return this.getAttribute("exercise") ?? "";
  }

  connectedCallback(): void {
    if (!this.#isBuilt) void this.#load();
    this.#isBuilt = true;
    this.#leave.push(
      bootOnIntent(this.querySelector<HTMLElement>(".gm-lab-editor") ?? this),
      session().subscribe(() => this.#runner?.follow()),
    );
  }

  disconnectedCallback(): void {
    for (const leave of this.#leave.splice(0)) leave();
    void this.#pane?.keep();
  }

  async #load(): Promise<void> {
    try {
      const response = await fetch(assetUrl(`exercises/${this.exerciseId}.json`));
      const value: unknown = response.ok ? await response.json() : undefined;
      if (!isExerciseFile(value))
        throw new Error(response.ok ? "it is not of this version" : `the server answered ${response.status}`);
      this.#exercise = value;
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.prepend(
        make("p", "gm-lab-trouble", `This lab could not be loaded (${reason}). Reload the page to try again.`),
      );
      return;
    }
    this.#build(this.#exercise);
  }

  #build(exercise: ExerciseFile): void {
    const place =
      this.querySelector<HTMLElement>(".gm-lab-editor") ?? this.appendChild(make("section", "gm-lab-editor"));
    const shown = place.querySelector<HTMLElement>(".highlight, pre") ?? place.appendChild(make("pre", ""));
    const output = make("div", "gm-output");
    output.setAttribute("role", "region");
    output.tabIndex = 0; // long lines scroll
    output.setAttribute("aria-label", "Output of your code");
    const page = `lab-${exercise.id}`;
    this.#pane = new CodePane({
      shown,
      key: `exercise:${exercise.id}`,
      original: exercise.starter.replace(/\n$/, ""),
      label: `Python code of lab ${exercise.id}`,
      run: () => void this.#run(exercise, page),
      complete: completer(page),
    });
    const title = `Lab ${exercise.id}: ${exercise.title}`;
    const save = (kind: "script" | "notebook") =>
      void downloadCode(kind, page, title, [{ id: page, code: this.#pane?.code ?? "" }]);
    const controls = new Controls({
      run: () => void this.#run(exercise, page),
      check: () => void this.#check(exercise),
      stop: () => void session().stop(),
      reset: () => this.#reset(),
      script: () => save("script"),
      notebook: () => save("notebook"),
    });
    place.append(controls.element, output, this.#report);
    this.#runner = new Runner(place, output, controls);
    this.#runner.set("idle", "Run as often as you like; Check judges your code and gives points for each part.");
    for (const step of this.querySelectorAll<HTMLElement>(".gm-step")) {
      void stageHints(step, `hints:${exercise.id}/${step.dataset.step ?? ""}`);
    }
    if (exercise.solution.length > 0)
      place.after(new SolutionView(exercise.solution, `solution:${exercise.id}`).element);
    for (const question of exercise.reflection) {
      const asked = [...this.querySelectorAll<HTMLElement>(".gm-reflection")].find(
        ({ dataset }) => dataset.question === question.id,
      );
      if (asked) void openReflection(asked, question, exercise.id);
    }
  }

  async #run(exercise: ExerciseFile, page: string): Promise<void> {
    await this.#pane?.opened;
    if (!this.#pane || !this.#runner) return;
    const { code } = this.#pane;
    void this.#pane.keep();
    const job = {
      kind: "cell",
      code,
      page,
      filename: `exercise ${exercise.id}`,
      ...(exercise.kind === "trading" && { exercise: JSON.stringify(exercise) }),
    } as const;
    const ending = await this.#runner.run(job, `lab ${exercise.id}`);
    if (ending.kind !== "done") return;
    this.#runner.set("done", `${ending.said}Ran in ${inSeconds(ending.seconds)}.`);
    void record({ verb: "ran", object: `exercise:${exercise.id}` });
  }

  async #check(exercise: ExerciseFile): Promise<void> {
    await this.#pane?.opened;
    if (!this.#pane || !this.#runner) return;
    const { code } = this.#pane;
    void this.#pane.keep();
    this.#report.replaceChildren();
    const job = { kind: "check", exercise: JSON.stringify(exercise), code, seed: CHECK_SEED } as const;
    const ending = await this.#runner.run(job, `the check of lab ${exercise.id}`);
    if (ending.kind !== "done") return;
    const report = parseReport(ending.value);
    if (!report || report.exercise !== exercise.id) {
      this.#runner.set(
        "error",
        "The check gave no readable report. Run it again; if that does not help, reload the page.",
      );
      return;
    }
    markSteps(this, report.checks);
    const view = reportView(report);
    this.#report.replaceChildren(view);
    view.focus({ preventScroll: true });
    this.#runner.set(
      report.passed ? "done" : "error",
      `${ending.said}Checked in ${inSeconds(ending.seconds)}: ${pointsOf(report)}.`,
    );
    const result = { points: report.points, max: report.max, seed: CHECK_SEED, version: exercise.version };
    void record({ verb: "checked", object: `exercise:${exercise.id}`, result });
    if (report.passed) void record({ verb: "passed", object: `exercise:${exercise.id}`, result });
  }

  #reset(): void {
    this.#pane?.reset();
    this.#runner?.view.clear();
    this.#report.replaceChildren();
    this.#runner?.set("idle", "Reset to the starter. Undo in the editor brings your version back.");
  }
}

customElements.define(LabElement.tag, LabElement);
