"""The course's vocabulary."""

import re

from academy.model.base import Items, Markdown, Model, ModuleNumber, SomeItems, Text


class Term(Model):
    """A term, its short definition, the module that introduces it, and the other names people use for it."""

    term: Text
    definition: Markdown
    module: ModuleNumber
    aliases: Items[Text] = ()

    @property
    def anchor(self) -> str:
        """The term's id on the glossary page: `Value at Risk (VaR)` becomes `value-at-risk-var`."""
        return re.sub(r"[^a-z0-9]+", "-", self.term.lower()).strip("-")

    @property
    def names(self) -> tuple[str, ...]:
        return (self.term, *self.aliases)


class Glossary(Model):
    """The file curriculum/glossary.yml."""

    terms: SomeItems[Term]

    def find(self, name: str) -> Term | None:
        """The term called `name`, by its name or one of its aliases; capitals do not matter."""
        wanted = name.strip().lower()
        return next((term for term in self.terms if wanted in (known.lower() for known in term.names)), None)
