// The only script of the sandbox frame (opaque origin, its own Content-Security-Policy; see sandbox.ts). It starts one
// worker at a time from the source that the page sends, and hands it the page's port. Any edit here changes the hash in
// every page's policy, which the site pass computes from this very text.
let worker;
addEventListener("message", ({ data, source, ports: [port] }) => {
  if (source !== parent) return;
  worker?.terminate();
  worker = undefined;
  if (data.stop) return;
  const url = URL.createObjectURL(new Blob(data.script, { type: "text/javascript" }));
  worker = new Worker(url);
  worker.onerror = (event) => parent.postMessage({ workerError: event.message || "the worker could not start" }, "*");
  worker.postMessage(data.first, [port, ...data.transfer]);
});
parent.postMessage({ frameReady: true }, "*");
