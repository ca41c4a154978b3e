"""The `academy` command. Each target of the Makefile is a thin call of one command here."""

from __future__ import annotations

import sys
from typing import Any

import click
from rich.console import Console

from academy.errors import AcademyError

console = Console(highlight=False)


class Sentences(click.Group):
    """A group whose commands end with a sentence, never a traceback, when something is wrong with the input."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except AcademyError as error:
            click.echo(str(error), err=True)
            sys.exit(1)
        except KeyboardInterrupt:
            sys.exit(130)


@click.group(cls=Sentences, context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Build, check, test and serve GrandModel Academy."""


@main.command()
@click.option("--port", default=8000, show_default=True, help="Where to serve.")
def serve(port: int) -> None:
    """Build the course, serve it on this machine, and rebuild and reload on every edit."""
    from academy import serve as server

    server.serve(port, console)


@main.command()
def build() -> None:
    """Write the site to site/. SITE_URL names the address under which it will stand."""
    from academy import build as builder

    target = builder.default_target()
    ran = builder.build(target, console)
    console.print(f"{target.folder.name}/ is {'complete' if ran else 'up to date'}, for {target.url}")


@main.command()
@click.option("--content", "content_only", is_flag=True, help="Only the course's content: YAML, Markdown, questions.")
def check(content_only: bool) -> None:
    """The inner loop: content, format, lint, types, unit tests. Needs neither Node nor the runtime."""
    from academy import checks

    sys.exit(checks.run(console, content_only=content_only))


@main.command(context_settings={"ignore_unknown_options": True})
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def test(arguments: tuple[str, ...]) -> None:
    """Everything that must hold before a change lands. ARGUMENTS go to pytest."""
    from academy import testing

    sys.exit(testing.run(console, list(arguments)))


@main.command("test-all", context_settings={"ignore_unknown_options": True})
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def test_all(arguments: tuple[str, ...]) -> None:
    """`test`, and the long runs: the learning claims at full length, every journey on a slow network."""
    from academy import testing

    sys.exit(testing.run(console, list(arguments), long=True))


@main.command()
@click.argument("parts", nargs=-1, type=click.Choice(["boot", "speed", "learning"]))
def bench(parts: tuple[str, ...]) -> None:
    """How fast, as ratios against peers measured in the same run, and what the trainers learn. PARTS: all of them."""
    from academy import benching

    sys.exit(not benching.run(console, parts))


@main.command()
def links() -> None:
    """Check every link of the built site with linkchecker."""
    from academy import linking

    sys.exit(linking.run(console))


@main.command()
def lock() -> None:
    """Pin anew what requirements.in and package.json ask for."""
    from academy import locking

    locking.run(console)


@main.command("contracts")
def contracts() -> None:
    """Write the TypeScript types and validators that the browser code imports (for editors)."""
    from academy.assets import bundle, node

    node.install_packages()
    bundle.generate_contracts()


if __name__ == "__main__":
    main()
