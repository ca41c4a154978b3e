/** Material writes an unnamed <nav> beside every code block: one more landmark for each (axe: landmark-unique), though
 *  it holds a copy button and navigates nowhere. */
export function mendCopyBars(root: ParentNode): void {
  for (const bar of root.querySelectorAll("nav.md-code__nav:not([role])")) bar.setAttribute("role", "presentation");
}
