importScripts("pyodide.js");
self.onmessage = async ({ data }) => {
  const pyodide = await loadPyodide({ indexURL: new URL(".", self.location).href, stdout: (text) => self.postMessage(`${text}\n`) });
  pyodide.runPython(data);
};
