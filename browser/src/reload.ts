/** Reload when the development server says that a new site stands. Loaded only where the server asks for it. */

const SCROLL = "gm-reload-scroll";

/** Listen at `address`; a server that was stopped and started again is found again by the event stream itself. */
export function reloadOn(address: string): void {
  const place = sessionStorage.getItem(SCROLL);
  sessionStorage.removeItem(SCROLL);
  if (place !== null) scrollTo({ top: Number(place), behavior: "instant" });
  new EventSource(address).addEventListener("reload", () => {
    sessionStorage.setItem(SCROLL, String(scrollY));
    location.reload();
  });
}
