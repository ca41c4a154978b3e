// The foot of a topic page: it notices that the page is read, and leads on.
import { h } from "../../elements/markup.ts";
import { type CourseState, pageUrl, record, state } from "../index.ts";
import { stageText } from "./stage.ts";

/** Seconds in view before a page counts as opened: less is passing through. */
const OPENED_AFTER = 5;

/**
 * Record that the topic is opened (after five seconds in view) and finished (when its foot has been in view after that).
 * @returns the function that ends the watch.
 */
export function watchReading(foot: HTMLElement, topic: string): () => void {
  const object = `topic:${topic}`;
  let opened = false;
  let atEnd = false;
  let finished = false;
  let seconds = 0;
  const finish = async (): Promise<void> => {
    if (!opened || !atEnd || finished) return;
    finished = true;
    const known = await state().catch(() => null);
    const before = known?.modules.flatMap(({ topics }) => topics).find(({ id }) => id === topic);
    if (before?.read !== true) await record({ verb: "finished", object });
  };
  const clock = setInterval(async () => {
    if (document.visibilityState !== "visible") return;
    seconds += 1;
    if (seconds < OPENED_AFTER) return;
    clearInterval(clock);
    await record({ verb: "opened", object });
    opened = true;
    await finish();
  }, 1000);
  const observer = new IntersectionObserver((entries) => {
    atEnd = entries.some(({ isIntersecting }) => isIntersecting);
    void finish();
  });
  observer.observe(foot);
  return () => {
    clearInterval(clock);
    observer.disconnect();
  };
}

/** “Read” or not, and where to go on: the next topic, then the labs, then the quiz. */
export function topicView(host: HTMLElement, known: CourseState): void {
  const module = known.modules.find(({ topics }) => topics.some(({ id }) => id === host.dataset.topic));
  const topic = module?.topics.find(({ id }) => id === host.dataset.topic);
  host.replaceChildren();
  if (module === undefined || topic === undefined) return;
  const parts = [
    ...module.topics.map(({ id, title, url, written, stage }) => ({
      id,
      title: `${id} ${title}`,
      url,
      written,
      stage,
    })),
    ...module.labs.map(({ id, title, url, written, stage }) => ({
      id: `lab ${id}`,
      title: `Lab ${id}: ${title}`,
      url,
      written,
      stage,
    })),
    ...(module.quiz === null ? [] : [{ id: "quiz", title: `the quiz of module ${module.number}`, ...module.quiz }]),
  ];
  const here = parts.findIndex(({ id }) => id === topic.id);
  const next = parts.slice(here + 1).find(({ written, url }) => written && url !== null);
  const cells = topic.cells > 0 ? `, ${topic.cellsRun} of ${topic.cells} cells run` : "";
  host.append(
    h(
      "p",
      { class: "gm-topic-foot" },
      stageText(
        topic.stage,
        topic.stage === "finished" ? `Read${cells}` : topic.stage === "started" ? `Opened${cells}` : "Not read yet",
      ),
      next === undefined || next.url === null
        ? null
        : h("a", { class: "gm-button", href: pageUrl(next.url) }, `Next: ${next.title}`),
    ),
  );
}
