// Progress shown where the course is: on the map, on a module's overview, on a track's page, and on the home page.
import { counted, h, when } from "../../elements/markup.ts";
import { type CourseState, loadedCourse, type ModuleState, pageUrl, type Stage } from "../index.ts";
import { reminder } from "./reminder.ts";
import { STATE, stageText } from "./stage.ts";

/** Home: the way on. Before anything was done the page's own buttons stay as they are. */
export async function continueView(host: HTMLElement, state: CourseState): Promise<void> {
  const own = host.querySelector<HTMLElement>(":scope > .gm-actions");
  const panel = host.querySelector<HTMLElement>(":scope > .gm-continue") ?? h("div", { class: "gm-continue" });
  const { last, next } = state;
  if (last === null) {
    panel.remove();
    if (own !== null) own.hidden = false;
    return;
  }
  const written = state.modules.reduce((sum, { total }) => sum + total, 0);
  const done = state.modules.reduce((sum, module) => sum + module.done, 0);
  const sameplace = next?.url === last.url;
  panel.replaceChildren(
    h(
      "p",
      { class: "gm-actions" },
      next === null
        ? null
        : h(
            "a",
            { class: "gm-button gm-button--primary", href: pageUrl(next.url) },
            `${sameplace ? "Continue with" : "Go on to"} ${next.title}`,
          ),
      sameplace ? null : h("a", { class: "gm-button", href: pageUrl(last.url) }, `Back to ${last.title}`),
      h("a", { class: "gm-button gm-button--quiet", href: pageUrl("progress/") }, "My progress"),
    ),
    h(
      "p",
      { class: "gm-continue-facts" },
      `${done} of ${counted(written, "part")} finished. Last here on ${when(last.at)}.`,
    ),
  );
  const remind = await reminder();
  if (remind !== null) panel.append(remind);
  if (own !== null) own.hidden = true;
  if (!panel.isConnected) host.append(panel);
}

/** The map: each module's link says its state in words and in `data-state`. */
export function mapView(host: HTMLElement, state: CourseState): void {
  for (const module of state.modules) {
    const node = host.querySelector<HTMLElement>(`[data-module="${module.number}"]`);
    if (node === null) continue;
    node.dataset.state = STATE[module.stage];
    const text = node.querySelector<HTMLElement>("[data-state-text]");
    if (text !== null)
      text.textContent = module.stage === "started" ? doneOf(module) : module.stage === "finished" ? "finished" : "";
  }
}

/** A module's overview: one line, and a badge at every topic and lab of the outline. */
export function moduleView(host: HTMLElement, state: CourseState): void {
  const module = state.modules.find(({ number }) => String(number) === host.dataset.module);
  host.replaceChildren();
  if (module === undefined || module.stage === "not started") return;
  host.append(h("p", { class: "gm-progress-line" }, stageText(module.stage, `Your progress: ${doneOf(module)}`)));
  for (const topic of module.topics)
    badge(`[data-topic="${topic.id}"]`, topic.stage, topic.stage === "finished" ? "read" : "opened");
  for (const lab of module.labs)
    badge(`[data-lab="${lab.id}"]`, lab.stage, lab.passed ? "passed" : `${lab.points} of ${lab.max} points`);
}

/** A track's page: how far its modules are, together and each. */
export async function trackView(host: HTMLElement, state: CourseState): Promise<void> {
  const track = (await loadedCourse()).tracks.find(({ id }) => id === host.dataset.trackId);
  const modules = state.modules.filter(({ number }) => track?.modules.includes(number));
  const started = modules.filter(({ stage }) => stage !== "not started");
  host.replaceChildren();
  if (started.length === 0) return;
  const done = modules.reduce((sum, module) => sum + module.done, 0);
  const total = modules.reduce((sum, module) => sum + module.total, 0);
  const stage: Stage = modules.every((module) => module.stage === "finished") ? "finished" : "started";
  host.replaceChildren(
    h(
      "p",
      { class: "gm-progress-line" },
      stageText(stage, `Your progress: ${done} of ${counted(total, "part")} finished`),
    ),
  );
  for (const module of started) badge(`li[data-module="${module.number}"]`, module.stage, doneOf(module));
}

function doneOf(module: ModuleState): string {
  return `${module.done} of ${module.total} finished`;
}

/** A badge in the title of an outline's row; nothing for what was not started. */
function badge(selector: string, stage: Stage, words: string): void {
  const title = document.querySelector<HTMLElement>(`${selector} .gm-outline__title`);
  if (title === null) return;
  title.querySelector(".gm-stage")?.remove();
  if (stage !== "not started") title.append(stageText(stage, words));
}
