"""What the page loads besides HTML: the wheel, the vendored runtime, the compiled archive and the browser bundle."""
