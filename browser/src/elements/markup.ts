// Building elements without a framework: `h("p", { class: "gm-lead" }, "Hello ", h("b", {}, "you"))`.

export type Child = Node | string | null;
export type Attributes = Record<string, string | number | boolean | ((event: never) => void) | undefined>;

/**
 * An element with attributes, listeners and children. A function under `onclick` is added as a listener (never as an
 * inline handler, which the policy refuses); `true` writes an empty attribute; `false` and `undefined` write none.
 */
export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(name.replace(/^on/, ""), value as EventListener);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value !== undefined) element.setAttribute(name, String(value));
  }
  element.append(...children.filter((child) => child !== null));
  return element;
}

/** An element whose content is HTML that our own build made (question texts, highlighted code). Never learner input. */
export function builtHtml<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes,
  html: string,
): HTMLElementTagNameMap[K] {
  const element = h(tag, attributes);
  element.innerHTML = html;
  return element;
}

/** A day as the reader writes it, e.g. “22 November 2026, 10:05”. */
export function when(iso: string): string {
  return new Date(iso).toLocaleString("en-GB", {
    day: "numeric",
    month: "long",
    year: "numeric",
    hour: "2-digit",
    minute: "2-digit",
  });
}

/** “1 topic”, “3 topics”. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}
