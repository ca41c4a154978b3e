// From JSON Schemas (written from the pydantic models) to TypeScript types and validators.
// usage: node browser/contracts.mjs SCHEMA_FOLDER OUTPUT_FOLDER
//
// For each NAME.schema.json: NAME.ts with the types and NAME.validate.js with its validator; validate.js names them all.
// The validators are compiled here, because compiling in the page would need `eval`, which the policy refuses.
import fs from "node:fs";
import path from "node:path";
import Ajv from "ajv/dist/2020.js";
import standalone from "ajv/dist/standalone/index.js";
import { compile } from "json-schema-to-typescript";

const [source, out] = process.argv.slice(2);
const NOTE = "// Made from academy/model. Do not edit.";
const ERRORS = "{ errors?: { instancePath: string; message?: string }[] | null }";
fs.rmSync(out, { recursive: true, force: true });
fs.mkdirSync(out, { recursive: true });
const write = (name, text) => fs.writeFileSync(path.join(out, name), `${NOTE}\n${text}\n`);

const exported = [];
const declared = [];
for (const file of fs.readdirSync(source).sort()) {
  if (!file.endsWith(".schema.json")) continue;
  const name = file.slice(0, -".schema.json".length);
  const schema = JSON.parse(fs.readFileSync(path.join(source, file), "utf8"));
  const type = schema.title;
  write(`${name}.ts`, await compile(schema, type, { bannerComment: "", additionalProperties: false }));
  const ajv = new Ajv({ code: { source: true, esm: true }, allErrors: false, strict: false });
  write(`${name}.validate.js`, standalone.default(ajv, ajv.compile(schema)));
  exported.push(`export { default as is${type} } from "./${name}.validate.js";`);
  declared.push(
    `import type { ${type} } from "./${name}.ts";`,
    `export declare const is${type}: ((value: unknown) => value is ${type}) & ${ERRORS};`,
  );
}
write("validate.js", exported.join("\n"));
write("validate.d.ts", declared.join("\n"));
// So that the bundler leaves out the validators that a chunk does not use.
fs.writeFileSync(path.join(out, "package.json"), '{ "type": "module", "sideEffects": false }\n');
