/** The terminal's screen: xterm.js, the line that is typed, and a plain-text log of it all for screen readers and search. */

import { FitAddon } from "@xterm/addon-fit";
import { Terminal } from "@xterm/xterm";
import { TextCap } from "../runtime/text-cap.ts";
import { type Act, LineEditor } from "../shell/line-editor.ts";
import { CHECKOUT, type Shell } from "../shell/shell.ts";
import { make } from "./dom.ts";

/** Longest text log, in characters; the oldest go first. */
const LOG = 60_000;

// biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences begin with one
const ESCAPES = /\x1b\[[0-9;?]*[ -/]*[@-~]/g;

export interface ScreenOwner {
  /** What the shell waits for, or null. */
  waits(what: string | null): void;
  keepHistory(lines: readonly string[]): void;
}

function token(name: string): string {
  return getComputedStyle(document.body).getPropertyValue(name).trim();
}

function theme() {
  return {
    background: token("--gm-surface-2"),
    foreground: token("--gm-ink"),
    cursor: token("--gm-ink"),
    cursorAccent: token("--gm-surface-2"),
    selectionBackground: token("--gm-accent-soft"),
    red: token("--gm-bad"),
    green: token("--gm-ok"),
    yellow: token("--gm-warn"),
    blue: token("--gm-accent"),
  };
}

export class TerminalScreen {
  readonly #shell: Shell;
  readonly #owner: ScreenOwner;
  readonly #terminal: Terminal;
  readonly #fit = new FitAddon();
  readonly #editor: LineEditor;
  readonly #log = make("pre", "gm-terminal-log");
  readonly #watches: { disconnect(): void }[] = [];
  /** Keys that came while a command ran; they are typed once it ends. */
  #waiting = "";
  #isRunning = false;
  #isCompleting = false;
  /** Lines of a command that is not whole yet. */
  #begun = "";
  #rowsAbove = 0;
  #escaped = false;

  constructor(parent: HTMLElement, shell: Shell, history: readonly string[], owner: ScreenOwner) {
    this.#shell = shell;
    this.#owner = owner;
    this.#editor = new LineEditor(history);
    this.#terminal = new Terminal({
      allowProposedApi: false,
      convertEol: true,
      cursorBlink: !matchMedia("(prefers-reduced-motion: reduce)").matches,
      fontFamily: token("--gm-font-mono"),
      fontSize: 14,
      lineHeight: 1.25,
      minimumContrastRatio: 4.5,
      screenReaderMode: true,
      scrollback: 2000,
      theme: theme(),
    });
    const holder = make("div", "gm-terminal-screen");
    const hint = make(
      "p",
      "gm-editor-hint",
      "Ctrl+C ends a command, Ctrl+L clears, Tab completes. Esc, then Tab, leaves the terminal.",
    );
    const details = make("details", "gm-terminal-text");
    details.append(make("summary", "", "Text of this session"), this.#log);
    this.#log.setAttribute("role", "log");
    this.#log.setAttribute("aria-label", "Text of the terminal session");
    this.#log.tabIndex = 0;
    parent.append(holder, hint, details);
    this.#terminal.loadAddon(this.#fit);
    this.#terminal.open(holder);
    this.#terminal.textarea?.setAttribute("aria-label", "Terminal");
    this.#terminal.attachCustomKeyEventHandler((event) => this.#mayHandle(event));
    this.#terminal.onData((data) => this.#typed(data));
    this.#fit.fit();
    const resized = new ResizeObserver(() => this.#fit.fit());
    resized.observe(holder);
    const scheme = new MutationObserver(() => {
      this.#terminal.options.theme = theme();
    });
    scheme.observe(document.body, { attributes: true, attributeFilter: ["data-md-color-scheme"] });
    this.#watches.push(resized, scheme);
    this.#prompt();
  }

  focus(): void {
    this.#terminal.focus();
  }

  close(): void {
    if (this.#isRunning) this.#shell.interrupt();
    for (const watch of this.#watches) watch.disconnect();
    this.#terminal.dispose();
  }

  /** Tab after Esc is the browser's: nobody gets trapped in here. */
  #mayHandle(event: KeyboardEvent): boolean {
    if (event.type !== "keydown") return true;
    const leaves = event.key === "Tab" && this.#escaped;
    this.#escaped = event.key === "Escape";
    return !leaves;
  }

  #typed(data: string): void {
    if (this.#isRunning) {
      if (data.includes("\x03")) {
        this.#waiting = "";
        this.#terminal.write("^C\r\n");
        this.#shell.interrupt();
      } else this.#waiting += data;
      return;
    }
    if (this.#isCompleting) {
      this.#waiting += data; // Tab, then Enter at once: the line is run as completed
      return;
    }
    // A paste of several lines: the rest waits until the first of them has run.
    const end = data.search(/[\r\n]/);
    const now = end < 0 ? data : data.slice(0, end + 1);
    this.#waiting = end < 0 ? "" : data.slice(end + 1);
    for (const act of this.#editor.input(now)) this.#do(act);
  }

  #do(act: Act): void {
    if (act.kind === "submit") void this.#run(act.line);
    else if (act.kind === "complete") void this.#complete(act.before);
    else if (act.kind === "clear") {
      this.#terminal.write("\x1b[2J\x1b[H");
      this.#rowsAbove = 0;
      this.#draw();
    } else if (act.kind === "interrupt") {
      this.#begun = "";
      this.#terminal.write("^C\r\n");
      this.#prompt();
    } else this.#draw();
  }

  async #run(line: string): Promise<void> {
    this.#draw(line);
    const cut = /(^|\n)$/.test(this.#log.textContent ?? "") ? "" : "\n"; // the last program ended without a newline
    this.#note(`${cut}${this.#promptText()}${line}\n`);
    this.#terminal.write("\r\n");
    this.#owner.keepHistory(this.#editor.history);
    const text = this.#begun + line;
    if (text.trim() !== "") {
      this.#isRunning = true;
      const cap = new TextCap();
      try {
        const outcome = await this.#shell.run(text, {
          write: (_, output) => this.#print(cap.take(output)),
          waits: (what) => this.#owner.waits(what),
        });
        this.#begun = outcome.kind === "incomplete" ? `${text}\n` : "";
      } catch (error) {
        this.#begun = "";
        this.#print(`${error instanceof Error ? error.message : String(error)}\n`);
      }
      const rest = cap.rest();
      if (rest) this.#print(`${rest.notice}${rest.tail}`);
      this.#isRunning = false;
    }
    this.#prompt();
    this.#typeWaiting();
  }

  /** What was typed meanwhile. */
  #typeWaiting(): void {
    const waiting = this.#waiting;
    this.#waiting = "";
    if (waiting) this.#typed(waiting);
  }

  async #complete(before: string): Promise<void> {
    this.#isCompleting = true;
    try {
      this.#offer(before, await this.#shell.complete(before));
    } finally {
      this.#isCompleting = false;
    }
    this.#typeWaiting();
  }

  /** Put in what all candidates share, or list them when they share nothing more. */
  #offer(before: string, { from, words }: { from: number; words: readonly string[] }): void {
    const common = words.reduce((shared, word) => {
      let length = 0;
      while (length < shared.length && shared[length] === word[length]) length += 1;
      return shared.slice(0, length);
    }, words[0] ?? "");
    if (words.length === 1)
      this.#editor.complete([...before.slice(0, from)].length, common.endsWith("/") ? common : `${common} `);
    else if (common.length > before.length - from) this.#editor.complete([...before.slice(0, from)].length, common);
    else if (words.length > 1) {
      this.#terminal.write(`\r\n${words.map((word) => word.replace(/.*\/(?=.)/, "")).join("  ")}\r\n`);
      this.#rowsAbove = 0;
    }
    this.#draw();
  }

  #print(text: string): void {
    if (text === "") return;
    this.#terminal.write(text);
    this.#note(text);
  }

  #note(text: string): void {
    const log = (this.#log.textContent ?? "") + text.replace(ESCAPES, "");
    this.#log.textContent = log.slice(-LOG);
  }

  #promptText(): string {
    if (this.#begun) return "> ";
    const { cwd } = this.#shell;
    const place = cwd === CHECKOUT ? "GrandModel" : cwd.replace(/^\/home\/learner(?=\/|$)/, "~");
    return `${place} $ `;
  }

  #prompt(): void {
    this.#rowsAbove = 0;
    // A program that ended without a newline must not share its line with the prompt.
    this.#terminal.write("", () => {
      if (this.#terminal.buffer.active.cursorX > 0) this.#terminal.write("\r\n");
      this.#draw();
    });
  }

  /** Draw prompt and line anew, over what was there, and put the cursor where it belongs. */
  #draw(line: string = this.#editor.text): void {
    const prompt = this.#promptText();
    const width = this.#terminal.cols;
    const cursor = line === this.#editor.text ? this.#editor.cursor : [...line].length;
    const before = [...prompt].length + cursor;
    const total = [...prompt].length + [...line].length;
    const up = this.#rowsAbove > 0 ? `\x1b[${this.#rowsAbove}A` : "";
    // A line that fills its row exactly leaves the cursor hanging at the edge; a space carries it over.
    const overhang = total > 0 && total % width === 0 ? " \b" : "";
    const lastRow = Math.floor(total / width);
    const row = Math.floor(before / width);
    const back = lastRow > row ? `\x1b[${lastRow - row}A` : "";
    const column = before % width;
    this.#terminal.write(
      `${up}\r\x1b[J\x1b[1m${prompt}\x1b[0m${line}${overhang}${back}\r${column > 0 ? `\x1b[${column}C` : ""}`,
    );
    this.#rowsAbove = row;
  }
}
