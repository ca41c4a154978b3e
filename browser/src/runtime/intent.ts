/** Boot on the first sign of intent, so that Python is there when Run is pressed, and on no page that does not need it. */

import { session } from "./session.ts";

interface Connection {
  readonly saveData?: boolean;
}

function savesData(): boolean {
  return (navigator as Navigator & { connection?: Connection }).connection?.saveData === true;
}

function boot(): void {
  void session()
    .boot()
    .catch(() => {}); // the element shows the status; Run tries again
}

/** Watch `element`: focus and hover in it, or scrolling to it, start Python. Returns the function that ends the watch. */
export function bootOnIntent(element: HTMLElement): () => void {
  if (savesData()) return () => {};
  const stop = new AbortController();
  const begin = () => {
    stop.abort();
    observer.disconnect();
    boot();
  };
  const observer = new IntersectionObserver((entries) => {
    // A cell that is in view when the page opens is no intent yet; one that the reader scrolled to is.
    if (entries.some((entry) => entry.isIntersecting) && scrollY > 0) begin();
  });
  observer.observe(element);
  for (const type of ["focusin", "pointerenter", "touchstart"]) {
    element.addEventListener(type, begin, { signal: stop.signal, passive: true });
  }
  return () => {
    stop.abort();
    observer.disconnect();
  };
}
