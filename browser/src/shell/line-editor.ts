/**
 * The line that is being typed: text, cursor, history and the keys that act on them. Pure: keys in, acts and a picture
 * out; drawing it is the terminal's business.
 */

export type Act =
  /** The line, or its picture, changed. */
  | { readonly kind: "redraw" }
  | { readonly kind: "submit"; readonly line: string }
  /** Ctrl-C. */
  | { readonly kind: "interrupt" }
  /** Ctrl-L. */
  | { readonly kind: "clear" }
  /** Tab, with the text before the cursor. */
  | { readonly kind: "complete"; readonly before: string };

/** Most lines of history that are kept. */
const HISTORY = 500;

const REDRAW: Act = { kind: "redraw" };

/** What xterm.js sends for a key, to what it does. */
const KEYS: Readonly<Record<string, (editor: LineEditor) => void>> = {
  "\x7f": (editor) => editor.erase(-1),
  "\b": (editor) => editor.erase(-1),
  "\x1b[3~": (editor) => editor.erase(1),
  "\x04": (editor) => editor.erase(1),
  "\x1b[D": (editor) => editor.move(-1),
  "\x1b[C": (editor) => editor.move(1),
  "\x02": (editor) => editor.move(-1),
  "\x06": (editor) => editor.move(1),
  "\x1b[H": (editor) => editor.move(Number.NEGATIVE_INFINITY),
  "\x1b[F": (editor) => editor.move(Number.POSITIVE_INFINITY),
  "\x1b[1~": (editor) => editor.move(Number.NEGATIVE_INFINITY),
  "\x1b[4~": (editor) => editor.move(Number.POSITIVE_INFINITY),
  "\x01": (editor) => editor.move(Number.NEGATIVE_INFINITY),
  "\x05": (editor) => editor.move(Number.POSITIVE_INFINITY),
  "\x1b[1;5D": (editor) => editor.moveWord(-1),
  "\x1b[1;5C": (editor) => editor.moveWord(1),
  "\x1bb": (editor) => editor.moveWord(-1),
  "\x1bf": (editor) => editor.moveWord(1),
  "\x15": (editor) => editor.eraseTo("start"),
  "\x0b": (editor) => editor.eraseTo("end"),
  "\x17": (editor) => editor.eraseTo("word"),
  "\x1b[A": (editor) => editor.recall(-1),
  "\x1b[B": (editor) => editor.recall(1),
  "\x10": (editor) => editor.recall(-1),
  "\x0e": (editor) => editor.recall(1),
};

// biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences begin with one
const ESCAPE = /^\x1b(\[[0-9;?]*[ -/]*[@-~]|O.|.)?/;

export class LineEditor {
  /** Code points, so that the cursor never stands inside a surrogate pair. */
  #text: string[] = [];
  #cursor = 0;
  readonly #history: string[];
  /** Position in the history; its length stands for the new line. */
  #at: number;
  #draft = "";

  constructor(history: readonly string[] = []) {
    this.#history = history.slice(-HISTORY);
    this.#at = this.#history.length;
  }

  get text(): string {
    return this.#text.join("");
  }

  /** Characters before the cursor. */
  get cursor(): number {
    return this.#cursor;
  }

  get history(): readonly string[] {
    return this.#history;
  }

  /** Take what the keyboard or the clipboard sent, which may be several keys or lines. */
  input(data: string): Act[] {
    const acts: Act[] = [];
    let rest = data
      .replaceAll("\r\n", "\r")
      .replaceAll("\n", "\r")
      .replaceAll("\x1b[200~", "")
      .replaceAll("\x1b[201~", "");
    while (rest !== "") {
      const key = ESCAPE.exec(rest)?.[0] ?? String.fromCodePoint(rest.codePointAt(0) ?? 0);
      rest = rest.slice(key.length);
      acts.push(this.#key(key.startsWith("\x1bO") ? `\x1b[${key.slice(2)}` : key));
    }
    return acts;
  }

  /** Put `text` in the place of the characters from `from` to the cursor. */
  complete(from: number, text: string): void {
    this.#text.splice(from, this.#cursor - from, ...text);
    this.#cursor = from + [...text].length;
  }

  move(by: number): void {
    this.#cursor = Math.min(Math.max(this.#cursor + by, 0), this.#text.length);
  }

  moveWord(direction: -1 | 1): void {
    const isBlank = (index: number) => /\s/.test(this.#text[direction < 0 ? index - 1 : index] ?? " ");
    const atEdge = () => this.#cursor === (direction < 0 ? 0 : this.#text.length);
    while (!atEdge() && isBlank(this.#cursor)) this.move(direction);
    while (!atEdge() && !isBlank(this.#cursor)) this.move(direction);
  }

  erase(direction: -1 | 1): void {
    const at = direction < 0 ? this.#cursor - 1 : this.#cursor;
    if (at < 0) return;
    this.#text.splice(at, 1);
    if (direction < 0) this.#cursor -= 1;
  }

  eraseTo(where: "start" | "end" | "word"): void {
    const end = this.#cursor;
    if (where === "end") this.#text.splice(end);
    else {
      if (where === "word") this.moveWord(-1);
      else this.#cursor = 0;
      this.#text.splice(this.#cursor, end - this.#cursor);
    }
  }

  recall(by: -1 | 1): void {
    const at = this.#at + by;
    if (at < 0 || at > this.#history.length) return;
    if (this.#at === this.#history.length) this.#draft = this.text;
    this.#at = at;
    this.#set(this.#history[at] ?? this.#draft);
  }

  #key(key: string): Act {
    if (key === "\r") return this.#submit();
    if (key === "\x03") {
      this.#set("");
      this.#at = this.#history.length;
      return { kind: "interrupt" };
    }
    if (key === "\x0c") return { kind: "clear" };
    if (key === "\t") return { kind: "complete", before: this.#text.slice(0, this.#cursor).join("") };
    const act = KEYS[key];
    if (act) act(this);
    else if (key >= " " && !key.startsWith("\x1b")) {
      this.#text.splice(this.#cursor, 0, key);
      this.#cursor += 1;
    }
    return REDRAW;
  }

  #submit(): Act {
    const line = this.text;
    if (line.trim() !== "" && line !== this.#history.at(-1)) this.#history.push(line);
    if (this.#history.length > HISTORY) this.#history.shift();
    this.#at = this.#history.length;
    this.#set("");
    return { kind: "submit", line };
  }

  #set(text: string): void {
    this.#text = [...text];
    this.#cursor = this.#text.length;
  }
}
