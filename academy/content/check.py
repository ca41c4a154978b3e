"""`academy check`: everything that is wrong with the content, at once."""

from collections import Counter
from pathlib import Path

from academy.content.load import Content, read_content
from academy.content.problems import CheckReport
from academy.content.rules import RULES


def check(root: Path | None = None) -> CheckReport:
    """Read and judge all content under `root` (default: the repository). Never raises for what an author wrote."""
    content = read_content(root)
    found = list(content.problems)
    for loaded in (*content.singles.values(), *content.modules, *content.exercises, *content.banks):
        found += loaded.document.problems
    for rule in RULES:
        found += rule(content)
    unique = sorted(set(found))
    return CheckReport(
        problems=tuple(problem for problem in unique if problem.severity == "error"),
        warnings=tuple(problem for problem in unique if problem.severity == "warning"),
        planned=planned(content),
    )


def planned(content: Content) -> dict[str, int]:
    """How many topics, labs, assessments, examinations and resources are still to be written."""
    counts = Counter({"topics": 0, "labs": 0, "assessments": 0, "examinations": 0, "resources": 0})
    for loaded in content.valid(content.modules):
        module = loaded.item
        counts["topics"] += sum(topic.status == "planned" for topic in module.topics)
        counts["labs"] += sum(lab.status == "planned" for lab in module.labs)
        counts["assessments"] += module.assessment.status == "planned"
    certification, resources = content.singles["certification"].item, content.singles["resources"].item
    if certification is not None:
        counts["examinations"] += sum(c.examination.status == "planned" for c in certification.certificates)
    if resources is not None:
        counts["resources"] += sum(r.status == "planned" for s in resources.sections for r in s.resources)
    return dict(counts)
