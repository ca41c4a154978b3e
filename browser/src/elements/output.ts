/**
 * Output on the page: the live counterpart of the markup that the build stores for a cell, so that both look the same.
 *
 * Text goes in as text. HTML from Python passes DOMPurify. Figures become `<img>`, in which SVG cannot run scripts.
 */

import type { Part, PartKind } from "../runtime/protocol.ts";

/** Most characters of one stream kept on the page; the worker caps a run's text well below it. */
const STREAM_LIMIT = 200_000;

type Purify = (html: string) => DocumentFragment;
let purify: Promise<Purify> | undefined;

/** DOMPurify, loaded with the first table or HTML result. Links may point anywhere; nothing may load or run by itself. */
function sanitiser(): Promise<Purify> {
  purify ??= import("dompurify").then(({ default: DOMPurify }) => (html: string) => {
    const forbidden = {
      FORBID_TAGS: ["style", "form", "input", "button", "iframe"],
      FORBID_ATTR: ["style", "id", "name"],
    };
    return DOMPurify.sanitize(html, { ...forbidden, RETURN_DOM_FRAGMENT: true });
  });
  return purify;
}

function pre(className: string, text = ""): HTMLPreElement {
  const element = document.createElement("pre");
  element.className = className;
  element.textContent = text;
  return element;
}

function figure(source: string): HTMLElement {
  const element = document.createElement("figure");
  element.className = "gm-figure";
  const image = document.createElement("img");
  image.src = source;
  image.alt = "Figure drawn by this code";
  element.append(image);
  return element;
}

function svgSource(svg: string): string {
  return `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;
}

export class OutputView {
  readonly #target: HTMLElement;
  #stream: { kind: PartKind; text: Text; length: number } | undefined;

  constructor(target: HTMLElement) {
    this.#target = target;
  }

  clear(): void {
    this.#target.replaceChildren();
    delete this.#target.dataset.stored;
    this.#stream = undefined;
  }

  get isEmpty(): boolean {
    return this.#target.childElementCount === 0;
  }

  append(parts: readonly Part[]): void {
    for (const { kind, data } of parts) this.#append(kind, data);
  }

  /** A sentence of the page itself, not of the program. */
  note(text: string): void {
    const note = document.createElement("p");
    note.className = "gm-output-note";
    note.textContent = text;
    this.#add(note);
  }

  /** A field for one line of input, in the place where the program stands. Returns what removes it again. */
  ask(prompt: string, answer: (text: string) => void): () => void {
    const form = document.createElement("form");
    form.className = "gm-input";
    const label = document.createElement("label");
    label.textContent = prompt || "The program waits for a line of input:";
    const field = document.createElement("input");
    field.type = "text";
    field.autocomplete = "off";
    const send = document.createElement("button");
    send.className = "gm-button gm-button--primary";
    send.textContent = "Send";
    label.append(field);
    form.append(label, send);
    const close = (echo: string | null) => {
      form.remove();
      if (echo !== null) this.#append("stdout", `${prompt}${echo}\n`);
    };
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      close(field.value);
      answer(field.value);
    });
    this.#add(form);
    field.focus();
    return () => close(null);
  }

  #append(kind: PartKind, data: string): void {
    if (kind === "stdout" || kind === "stderr") this.#text(kind, data);
    else if (kind === "error") this.#add(pre("gm-error", data));
    else if (kind === "png") this.#add(figure(`data:image/png;base64,${data}`));
    else if (kind === "svg") this.#add(figure(svgSource(data)));
    else {
      const result = document.createElement("div");
      result.className = "gm-result";
      this.#add(result);
      if (kind === "result") result.append(pre("", data));
      else void sanitiser().then((clean) => result.append(clean(data)));
    }
  }

  #text(kind: "stdout" | "stderr", data: string): void {
    if (this.#stream?.kind !== kind) {
      const element = pre(`gm-stream gm-${kind}`);
      const text = document.createTextNode("");
      element.append(text);
      this.#add(element);
      this.#stream = { kind, text, length: 0 };
    }
    const stream = this.#stream;
    const shown = data.slice(0, STREAM_LIMIT - stream.length);
    stream.text.appendData(shown);
    stream.length += shown.length;
  }

  #add(element: HTMLElement): void {
    this.#stream = undefined;
    this.#target.append(element);
  }
}
