/** Small helpers that the elements share. */

export interface ButtonOptions {
  readonly label: string;
  readonly title?: string;
  readonly primary?: boolean;
  readonly onClick: () => void;
}

export function button({ label, title, primary, onClick }: ButtonOptions): HTMLButtonElement {
  const element = document.createElement("button");
  element.type = "button";
  element.className = `gm-button ${primary ? "gm-button--primary" : "gm-button--quiet"}`;
  element.textContent = label;
  if (title) element.title = title;
  element.addEventListener("click", onClick);
  return element;
}

/** An element with a class and, when given, a text. */
export function make<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  className: string,
  text?: string,
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  element.className = className;
  if (text !== undefined) element.textContent = text;
  return element;
}

/** Hand a file to the reader. */
export function download(name: string, text: string, type: string): void {
  const url = URL.createObjectURL(new Blob([text], { type }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000); // some browsers read it only after the click returns
}

/** A short hash of a text, to notice that a release changed it. Not for security: djb2, 32 bits, hexadecimal. */
export function textHash(text: string): string {
  let hash = 5381;
  for (let index = 0; index < text.length; index += 1) hash = (Math.imul(hash, 33) ^ text.charCodeAt(index)) >>> 0;
  return hash.toString(16).padStart(8, "0");
}
