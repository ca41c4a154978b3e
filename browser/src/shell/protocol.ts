/** Messages between the page and the shell's worker. Both ends are ours; the types keep them in step. */

import type { Environment, FileDelta, Part } from "../runtime/protocol.ts";

export type ToShell =
  | {
      readonly type: "start";
      readonly checkout: string;
      readonly cwd: string;
      /** Commands that answer from the World; the rest is bash's own. */
      readonly forwarded: readonly string[];
      /** Variables beside the shell's own, such as the keys of the API. */
      readonly environment: Environment;
      readonly files: FileDelta;
    }
  | { readonly type: "line"; readonly id: number; readonly text: string; readonly files: FileDelta }
  | { readonly type: "interrupt" }
  | { readonly type: "chunk"; readonly call: number; readonly parts: readonly Part[] }
  | { readonly type: "returned"; readonly call: number; readonly exitCode: number; readonly files: FileDelta }
  | { readonly type: "complete"; readonly id: number; readonly text: string };

export type FromShell =
  | { readonly type: "started" }
  /** Output that cannot wait for the end of the line. */
  | { readonly type: "write"; readonly stream: "stdout" | "stderr"; readonly text: string }
  /** The line is not a whole command yet. */
  | { readonly type: "incomplete"; readonly id: number }
  | {
      readonly type: "done";
      readonly id: number;
      readonly stdout: string;
      readonly stderr: string;
      readonly exitCode: number;
      readonly cwd: string;
      readonly files: FileDelta;
    }
  | {
      readonly type: "call";
      readonly call: number;
      readonly argv: readonly string[];
      readonly stdin: string;
      readonly cwd: string;
      readonly env: Readonly<Record<string, string>>;
      readonly files: FileDelta;
    }
  /** End the forwarded command, as Ctrl-C does. */
  | { readonly type: "interruptCall"; readonly call: number }
  /** `sleep`: let virtual time go by. */
  | { readonly type: "sleep"; readonly call: number; readonly seconds: number }
  | { readonly type: "completions"; readonly id: number; readonly from: number; readonly words: readonly string[] }
  | { readonly type: "broken"; readonly message: string };

/** As bash reports a command that Ctrl-C ended. */
export const INTERRUPTED = 130;
