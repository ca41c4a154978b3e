// Render DOT sources with Graphviz (WebAssembly). stdin: {"key": "source", …}; stdout: {"key": {"svg"} or {"error"}, …}
import fs from "node:fs";
import { Graphviz } from "@hpcc-js/wasm-graphviz";

const graphviz = await Graphviz.load();
const sources = JSON.parse(fs.readFileSync(0, "utf8"));
const answers = {};
for (const [key, source] of Object.entries(sources)) {
  try {
    answers[key] = { svg: graphviz.dot(source) };
  } catch (error) {
    answers[key] = { error: String(error.message ?? error).trim() };
  }
}
process.stdout.write(JSON.stringify(answers));
