// From JSON Schemas (written from the pydantic models) to TypeScript types and validators.
// usage: node browser/contracts.mjs SCHEMA_FOLDER OUTPUT_FOLDER
//
// For each NAME.schema.json: NAME.ts with the types, and one validate.js with a function a schema. The validators are
// compiled here, because compiling in the page would need `eval`, which the policy refuses.
import fs from "node:fs";
import path from "node:path";
import Ajv from "ajv/dist/2020.js";
import standalone from "ajv/dist/standalone/index.js";
import { compile } from "json-schema-to-typescript";

const [source, out] = process.argv.slice(2);
fs.mkdirSync(out, { recursive: true });
const ajv = new Ajv({ code: { source: true, esm: true }, allErrors: false, strict: false });
const exported = {};
const declared = [];
for (const file of fs.readdirSync(source).sort()) {
  if (!file.endsWith(".schema.json")) continue;
  const name = file.slice(0, -".schema.json".length);
  const schema = JSON.parse(fs.readFileSync(path.join(source, file), "utf8"));
  const types = await compile(schema, schema.title, {
    bannerComment: "// Made from academy/model. Do not edit.",
    additionalProperties: false,
  });
  fs.writeFileSync(path.join(out, `${name}.ts`), types);
  const id = `https://academy.invalid/${file}`;
  ajv.addSchema({ ...schema, $id: id });
  const check = `is${schema.title}`;
  exported[check] = id;
  declared.push(
    `import type { ${schema.title} } from "./${name}.ts";\nexport declare const ${check}: ((value: unknown) => value is ${schema.title}) & { errors?: { instancePath: string; message?: string }[] | null };`,
  );
}
fs.writeFileSync(
  path.join(out, "validate.js"),
  `// Made from academy/model. Do not edit.\n${standalone.default(ajv, exported)}`,
);
fs.writeFileSync(path.join(out, "validate.d.ts"), `// Made from academy/model. Do not edit.\n${declared.join("\n")}\n`);
