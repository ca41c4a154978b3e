/** The code editor: CodeMirror 6 with Python. This module is the lazy chunk; nothing else may import CodeMirror. */

import {
  autocompletion,
  type CompletionContext,
  type CompletionResult,
  completionKeymap,
} from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, indentWithTab, toggleTabFocusMode } from "@codemirror/commands";
import { globalCompletion, localCompletionSource, python, pythonLanguage } from "@codemirror/lang-python";
import { bracketMatching, HighlightStyle, indentOnInput, indentUnit, syntaxHighlighting } from "@codemirror/language";
import { EditorState, Prec } from "@codemirror/state";
import { drawSelection, EditorView, highlightSpecialChars, keymap, lineNumbers } from "@codemirror/view";
import { tags } from "@lezer/highlight";

/** One name that may follow; `kind` is CodeMirror's type (function, class, variable, module, property, keyword). */
export interface Completion {
  readonly name: string;
  readonly kind: string;
  readonly detail?: string;
}

export interface EditorOptions {
  readonly code: string;
  /** Spoken name of the field. */
  readonly label: string;
  readonly run: () => void;
  readonly changed: (code: string) => void;
  /** Names from the live interpreter; resolves with none when it is not there or busy. */
  readonly complete: (code: string, cursor: number) => Promise<Completion[]>;
}

export interface Editor {
  focus(): void;
  /** Put other code in, as one step that undo takes back. */
  replace(code: string): void;
  destroy(): void;
}

/** Colours from the site's tokens, so that code looks the same before and after the editor comes. */
const colours = HighlightStyle.define([
  {
    tag: [tags.keyword, tags.operatorKeyword, tags.controlKeyword, tags.moduleKeyword],
    color: "var(--gm-code-keyword)",
  },
  {
    tag: [tags.function(tags.variableName), tags.function(tags.propertyName), tags.definition(tags.className)],
    color: "var(--gm-code-function)",
  },
  { tag: [tags.string, tags.special(tags.string)], color: "var(--gm-code-string)" },
  { tag: [tags.number], color: "var(--gm-code-number)" },
  { tag: [tags.bool, tags.null, tags.self], color: "var(--gm-code-constant)" },
  { tag: [tags.comment], color: "var(--gm-code-comment)", fontStyle: "italic" },
]);

const look = EditorView.theme({
  "&": { fontSize: "var(--gm-step-code)", backgroundColor: "var(--gm-surface-2)", color: "var(--gm-ink)" },
  ".cm-content, .cm-gutters": { fontFamily: "var(--gm-font-mono)", lineHeight: "1.5" },
  ".cm-content": { caretColor: "var(--gm-ink)", padding: "var(--gm-space-3) 0" },
  ".cm-gutters": { backgroundColor: "transparent", color: "var(--gm-ink-soft)", border: "none" },
  "&.cm-focused": { outline: "2px solid var(--gm-focus)", outlineOffset: "-2px" },
  ".cm-cursor": { borderLeftColor: "var(--gm-ink)" },
  "&.cm-focused .cm-selectionBackground, .cm-selectionBackground": { backgroundColor: "var(--gm-accent-soft)" },
  ".cm-tooltip": { backgroundColor: "var(--gm-surface)", color: "var(--gm-ink)", border: "1px solid var(--gm-line)" },
  ".cm-tooltip-autocomplete ul li[aria-selected]": {
    backgroundColor: "var(--gm-accent)",
    color: "var(--gm-on-accent)",
  },
});

function liveSource(complete: EditorOptions["complete"]) {
  return async (context: CompletionContext): Promise<CompletionResult | null> => {
    const word = context.matchBefore(/[\w.]*/);
    if (!word || (word.from === word.to && !context.explicit)) return null;
    const from = word.from + word.text.lastIndexOf(".") + 1;
    const names = await complete(context.state.doc.toString(), context.pos);
    if (names.length === 0 || context.aborted) return null;
    const options = names.map(({ name, kind, detail }) => ({ label: name, type: kind, ...(detail && { detail }) }));
    return { from, options, validFor: /^\w*$/ };
  };
}

/** After Escape the next Tab leaves the editor. CodeMirror does so too, but not when Escape also closes a list of names. */
function freeTab(view: EditorView): boolean {
  view.setTabFocusMode(4000);
  return false; // and Escape does what else it does
}

export function createEditor(parent: HTMLElement, options: EditorOptions): Editor {
  const run = () => {
    options.run();
    return true;
  };
  const view = new EditorView({
    parent,
    state: EditorState.create({
      doc: options.code,
      extensions: [
        // First, because completion binds Escape with the same precedence.
        Prec.highest(
          keymap.of([
            { key: "Mod-Enter", run },
            { key: "Escape", run: freeTab },
          ]),
        ),
        lineNumbers(),
        highlightSpecialChars(),
        history(),
        drawSelection(),
        indentOnInput(),
        indentUnit.of("    "),
        bracketMatching(),
        python(),
        pythonLanguage.data.of({ autocomplete: localCompletionSource }),
        pythonLanguage.data.of({ autocomplete: globalCompletion }),
        pythonLanguage.data.of({ autocomplete: liveSource(options.complete) }),
        autocompletion(),
        syntaxHighlighting(colours),
        look,
        keymap.of([
          { key: "Ctrl-m", mac: "Shift-Alt-m", run: toggleTabFocusMode },
          ...completionKeymap,
          ...historyKeymap,
          indentWithTab,
          ...defaultKeymap,
        ]),
        EditorView.contentAttributes.of({ "aria-label": options.label, spellcheck: "false" }),
        EditorView.updateListener.of((update) => {
          if (update.docChanged) options.changed(update.state.doc.toString());
        }),
      ],
    }),
  });
  return {
    focus: () => view.focus(),
    replace: (code) => view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: code } }),
    destroy: () => view.destroy(),
  };
}
