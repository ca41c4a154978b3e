/** What can be known about a command line before it runs: whether it is whole, and whether its output may stream. */

import type { Bash } from "just-bash/browser";

type Parsed = ReturnType<Bash["transform"]>;

/** The parser's words for text that stops too early. A closing keyword that it misses is named though nobody wrote it. */
const STOPS_EARLY = /got EOF|unexpected EOF|unterminated here-document/i;
const MISSED_KEYWORD = /unexpected token `(fi|done|esac|then|do|\})'/;
/** A pipe, a list operator or a backslash at the end waits for more; the parser itself accepts them. */
const DANGLES = /(\|\|?|&&|\\)\s*$/;

export type Reading =
  | { readonly kind: "whole"; readonly result: Parsed }
  | { readonly kind: "incomplete" }
  /** Not bash; running it says why. */
  | { readonly kind: "wrong" };

/** Parse `text` with just-bash's `transform`. */
export function read(text: string, transform: (text: string) => Parsed): Reading {
  if (DANGLES.test(text)) return { kind: "incomplete" };
  try {
    return { kind: "whole", result: transform(text) };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const missed = MISSED_KEYWORD.exec(message)?.[1];
    const isMissing = missed !== undefined && !text.split(/[\s;]+/).includes(missed);
    return { kind: STOPS_EARLY.test(message) || isMissing ? "incomplete" : "wrong" };
  }
}

/**
 * The name of the one simple command that the line is, when its output goes nowhere but to the screen; else null.
 * Only then can its output be shown as it comes: the shell gathers what goes through a pipe or into a file.
 */
export function loneCommand({ ast }: Parsed): string | null {
  const [statement, ...others] = ast.statements;
  if (!statement || others.length > 0 || statement.pipelines.length !== 1) return null;
  const [command, ...piped] = statement.pipelines[0]?.commands ?? [];
  if (command?.type !== "SimpleCommand" || piped.length > 0 || command.redirections.length > 0) return null;
  const [part, ...rest] = command.name?.parts ?? [];
  return part?.type === "Literal" && rest.length === 0 ? part.value : null;
}

/** Source of the functions that a line defines, by name: a shell that starts anew for each line must be told them again. */
export function functionsIn({ ast }: Parsed, text: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const statement of ast.statements) {
    const [command] = statement.pipelines[0]?.commands ?? [];
    const source = statement.sourceText ?? (ast.statements.length === 1 ? text : undefined);
    if (command?.type === "FunctionDef" && source !== undefined) found.set(command.name, source);
  }
  return found;
}
