/** The outcome of a check: marks on the steps' checks, and a report under the code. */

import type { CheckReport, CheckResult } from "../generated/check-report.ts";
import { isCheckReport } from "../generated/validate.js";
import { make } from "./dom.ts";

/** The report of a check, or null when what came is none: learner code shares the interpreter that makes it. */
export function parseReport(json: string): CheckReport | null {
  try {
    const value: unknown = JSON.parse(json);
    return isCheckReport(value) ? value : null;
  } catch {
    return null;
  }
}

/** A checker's text: what it puts between backticks is code. Set as text, because learner code can reach it. */
function worded<K extends "p" | "dd" | "strong">(tag: K, text: string): HTMLElementTagNameMap[K] {
  const element = make(tag, "");
  text.split(/`([^`\n]+)`/).forEach((piece, index) => {
    element.append(index % 2 === 1 ? make("code", "", piece) : piece);
  });
  return element;
}

export function pointsOf({ points, max }: { points: number; max: number }): string {
  return `${Number(points.toFixed(2))} of ${Number(max.toFixed(2))} points`;
}

/** Mark each check where its step lists it; what fails says what was expected, what was found and where to look. */
export function markSteps(lab: HTMLElement, checks: readonly CheckResult[]): void {
  for (const item of lab.querySelectorAll<HTMLElement>("[data-check]")) {
    const check = checks.find(({ name }) => name === item.dataset.check);
    item.querySelector(".gm-check-detail")?.remove();
    if (!check) {
      delete item.dataset.result;
      continue;
    }
    item.dataset.result = check.passed ? "passed" : check.points > 0 ? "partial" : "failed";
    const detail = make("div", "gm-check-detail");
    detail.append(make("span", "gm-check-points", `${check.passed ? "Passed" : "Not yet"}: ${pointsOf(check)}`));
    if (!check.passed) detail.append(explanation(check));
    item.append(detail);
  }
}

function explanation({ expected, found, look }: CheckResult): HTMLElement {
  const list = make("dl", "gm-check-facts");
  for (const [term, text] of [
    ["Expected", expected],
    ["Found", found],
    ["Look at", look],
  ] as const) {
    if (text) list.append(make("dt", "", term), worded("dd", text));
  }
  return list;
}

/** The report under the code: points, known mistakes by name, the program's own error and output. */
export function reportView(report: CheckReport): HTMLElement {
  const panel = make("section", `gm-report gm-panel ${report.passed ? "gm-result--ok" : "gm-result--bad"}`);
  panel.setAttribute("aria-label", "Result of the check");
  panel.tabIndex = -1;
  const passed = report.checks.filter(({ passed }) => passed).length;
  const head = report.passed ? "All checks passed" : `${passed} of ${report.checks.length} checks passed`;
  panel.append(make("p", "gm-report-head", `${head}: ${pointsOf(report)}.`));
  for (const { title, text } of report.messages) {
    const message = make("div", "gm-report-mistake");
    message.append(worded("strong", title), worded("p", text));
    panel.append(message);
  }
  if (report.error)
    panel.append(make("p", "", "Your code did not run to its end:"), make("pre", "gm-error", report.error));
  const failed = report.checks.filter(({ passed }) => !passed);
  if (failed.length > 0) {
    const list = make("ul", "gm-report-list");
    for (const check of failed) {
      const item = make("li", "");
      item.append(make("strong", "", check.name), ` (${pointsOf(check)})`, explanation(check));
      list.append(item);
    }
    panel.append(list);
  }
  if (report.stdout) {
    const details = make("details", "");
    details.append(make("summary", "", "What your code printed"), make("pre", "gm-stream", report.stdout));
    panel.append(details);
  }
  return panel;
}
