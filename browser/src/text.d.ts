/** `import text from "./file?text"`: the exact text of a file (see browser/build.mjs). */
declare module "*?text" {
  const text: string;
  export default text;
}
