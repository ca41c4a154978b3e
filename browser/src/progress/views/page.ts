// “My progress”: everything that is known, and everything that can be done with it.
import { counted, h, when } from "../../elements/markup.ts";
import type { CourseState, ModuleState, Place, QuizState, StorageFacts, TopicState } from "../index.ts";
import { pageUrl } from "../index.ts";
import { keepPanel } from "./keep.ts";
import { reminder } from "./reminder.ts";
import { shareBar, stageSign, stageText } from "./stage.ts";

/** Draw the page into `host`. Buttons and what they said stay as they are when the numbers change. */
export async function pageView(host: HTMLElement, state: CourseState, facts: StorageFacts): Promise<void> {
  let overview = host.querySelector<HTMLElement>(":scope > .gm-progress-overview");
  if (overview === null) {
    overview = h("div", { class: "gm-progress-overview" });
    host.replaceChildren(overview, keepPanel());
  }
  const planned = state.modules.filter(({ total, stage }) => total === 0 && stage === "not started");
  const shown = state.modules.filter((module) => !planned.includes(module));
  overview.replaceChildren(
    ...(facts.warning === null ? [] : [h("p", { class: "gm-storage-warning", role: "status" }, facts.warning)]),
    head(state),
    ...[await reminder()].filter((panel) => panel !== null),
    h("h2", { id: "modules" }, "Modules"),
    ...shown.map(moduleSection),
    planned.length === 0
      ? ""
      : h(
          "p",
          { class: "gm-progress-note" },
          `Still being written: ${planned.map(({ number, title }) => `${number} ${title}`).join(", ")}.`,
        ),
    state.elsewhere === 0
      ? ""
      : h(
          "p",
          { class: "gm-progress-note" },
          `${counted(state.elsewhere, "record is", "records are")} about parts that this version of the course does not have. They are kept.`,
        ),
  );
  host.querySelector(":scope > .gm-keep")?.dispatchEvent(new CustomEvent("gm-facts", { detail: facts }));
}

function head({ modules, last, next }: CourseState): HTMLElement {
  const done = modules.reduce((sum, module) => sum + module.done, 0);
  const total = modules.reduce((sum, module) => sum + module.total, 0);
  if (last === null)
    return h(
      "div",
      { class: "gm-empty" },
      h("p", {}, "Nothing yet. Open a topic, run a cell or take a quiz, and it shows here."),
      next === null ? null : h("p", {}, go(next, "Start with")),
    );
  return h(
    "div",
    { class: "gm-progress-head" },
    h("p", { class: "gm-progress-total" }, h("b", {}, `${done} of ${counted(total, "part")}`), " finished"),
    shareBar(done, total),
    h(
      "p",
      { class: "gm-progress-note" },
      "Last: ",
      h("a", { href: pageUrl(last.url) }, last.title),
      `, ${when(last.at)}.`,
    ),
    next === null ? null : h("p", {}, go(next, "Continue with")),
  );
}

function go(place: Place, words: string): HTMLElement {
  return h("a", { class: "gm-button gm-button--primary", href: pageUrl(place.url) }, `${words} ${place.title}`);
}

function moduleSection(module: ModuleState): HTMLElement {
  const { number, title, url, stage, done, total, planned, topics, labs, quiz } = module;
  const rows = [
    ...topics.filter(({ written, stage }) => written || stage !== "not started").map(topicRow),
    ...labs
      .filter(({ written, stage }) => written || stage !== "not started")
      .map((lab) => {
        const points =
          lab.checks > 0 || lab.passed
            ? `${lab.passed ? "passed" : "best"}, ${lab.points} of ${lab.max} points, ${counted(lab.checks, "check")}`
            : "not tried";
        return row(lab.stage, `Lab ${lab.id}: ${lab.title}`, lab.url, points);
      }),
    ...(quiz !== null && (quiz.written || quiz.attempts.length > 0) ? [quizRow(quiz)] : []),
  ];
  const rest = planned > 0 ? `; ${counted(planned, "part is", "parts are")} still being written` : "";
  return h(
    "section",
    { class: "gm-progress-module" },
    h("h3", {}, h("a", { href: pageUrl(url) }, `${number} ${title}`)),
    h(
      "p",
      { class: "gm-progress-module-state" },
      stageText(stage, stage === "not started" ? "not started" : `${done} of ${total} finished${rest}`),
    ),
    h("ul", { class: "gm-progress-parts", role: "list" }, ...rows),
  );
}

function topicRow({ id, title, url, stage, cells, cellsRun, opened, read }: TopicState): HTMLElement {
  const words = read ? "read" : opened !== null ? "opened" : cellsRun > 0 ? "begun" : "not opened";
  return row(
    stage,
    `${id} ${title}`,
    url,
    cells > 0 && stage !== "not started" ? `${words}, ${cellsRun} of ${counted(cells, "cell")} run` : words,
  );
}

function quizRow(quiz: QuizState): HTMLElement {
  const { best, attempts, passed, passMark, stage, url } = quiz;
  const words =
    best === null
      ? `not taken; ${passMark} % passes`
      : `${passed ? "passed" : "not passed yet"}, best ${best.percent} %, ${counted(attempts.length, "attempt")}`;
  const item = row(stage, "Quiz", url, words);
  if (attempts.length > 0)
    item.append(
      h(
        "details",
        { class: "gm-attempts" },
        h("summary", {}, "Attempts"),
        h("ol", {}, ...attempts.map(({ at, percent }) => h("li", {}, `${when(at)}: ${percent} %`))),
      ),
    );
  return item;
}

function row(stage: ModuleState["stage"], title: string, url: string | null, words: string): HTMLElement {
  const name = url === null ? h("span", {}, title) : h("a", { href: pageUrl(url) }, title);
  return h("li", {}, stageSign(stage), name, h("span", { class: "gm-progress-words" }, words));
}
