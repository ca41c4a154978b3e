"""The whole course in one object: what the macros render and what the outputs are made from."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar

from academy.model.base import Accent
from academy.model.case_study import CaseStudies
from academy.model.certification import Certificate, Certification
from academy.model.delivery import Delivery
from academy.model.document import CourseDocument
from academy.model.exercise import Exercise
from academy.model.feedback import Feedback
from academy.model.glossary import Glossary, Term
from academy.model.mentoring import Mentoring
from academy.model.metrics import Metrics
from academy.model.module import Lab, Module, Topic
from academy.model.page import Page
from academy.model.question import QuestionBank
from academy.model.resources import Resources
from academy.model.schedule import Schedule
from academy.model.track import Track, Tracks


@dataclass(frozen=True)
class Course:
    """Everything that is taught, loaded and validated. Look-ups raise KeyError with a sentence that names the id."""

    root: Path
    document: CourseDocument
    modules: tuple[Module, ...]
    """In order of their numbers."""
    tracks_file: Tracks
    certification: Certification
    schedule: Schedule
    glossary: Glossary
    resources: Resources
    mentoring: Mentoring
    case_studies: CaseStudies
    feedback: Feedback
    delivery: Delivery
    metrics: Metrics
    exercises: dict[str, Exercise] = field(default_factory=dict)
    """By id: `course.exercises["2.1"]`."""
    banks: dict[str, QuestionBank] = field(default_factory=dict)
    """By id: `course.banks["module-01"]`."""
    pages: dict[str, Page] = field(default_factory=dict)
    """By path under docs/: `course.pages["01-system-architecture/introduction.md"]`. Only pages that exist."""

    SOURCES: ClassVar[dict[str, str]] = {
        "document": "curriculum/course.yml",
        "tracks": "curriculum/tracks.yml",
        "certification": "curriculum/certification.yml",
        "schedule": "curriculum/schedule.yml",
        "glossary": "curriculum/glossary.yml",
        "resources": "curriculum/resources.yml",
        "mentoring": "curriculum/mentoring.yml",
        "case_studies": "curriculum/case-studies.yml",
        "feedback": "curriculum/feedback.yml",
        "delivery": "curriculum/delivery.yml",
        "metrics": "curriculum/metrics.yml",
    }
    """Where each part is written, relative to the repository's root ("Edit this page" of generated pages)."""

    @property
    def tracks(self) -> tuple[Track, ...]:
        return self.tracks_file.tracks

    @property
    def certificates(self) -> tuple[Certificate, ...]:
        return self.certification.certificates

    @property
    def topics(self) -> tuple[Topic, ...]:
        return tuple(topic for module in self.modules for topic in module.outline)

    @property
    def labs(self) -> tuple[Lab, ...]:
        return tuple(lab for module in self.modules for lab in module.labs)

    def module(self, number: int) -> Module:
        for module in self.modules:
            if module.number == number:
                return module
        raise KeyError(f"there is no module {number}; there are {', '.join(str(m.number) for m in self.modules)}")

    def topic(self, topic_id: str) -> Topic:
        for topic in self.topics:
            if topic.id == topic_id:
                return topic
        raise KeyError(f"there is no topic {topic_id}")

    def lab(self, lab_id: str) -> Lab:
        for lab in self.labs:
            if lab.id == lab_id:
                return lab
        raise KeyError(f"there is no lab {lab_id}")

    def track(self, track_id: str) -> Track:
        for track in self.tracks:
            if track.id == track_id:
                return track
        raise KeyError(f"there is no track {track_id!r}; there are {', '.join(t.id for t in self.tracks)}")

    def certificate(self, certificate_id: str) -> Certificate:
        for certificate in self.certificates:
            if certificate.id == certificate_id:
                return certificate
        raise KeyError(
            f"there is no certificate {certificate_id!r}; there are {', '.join(c.id for c in self.certificates)}"
        )

    def term(self, name: str) -> Term:
        found = self.glossary.find(name)
        if found is None:
            raise KeyError(f"the glossary has no term {name!r}; add it to {self.SOURCES['glossary']}")
        return found

    def accent(self, module: Module) -> Accent:
        """The family that gives a module its colour: foundation, development, operations, trading or advanced."""
        if module.level == "track":
            return next((track.id for track in self.tracks if module.number in track.role), "foundation")
        return module.level

    def with_prerequisites(self, numbers: tuple[int, ...]) -> tuple[int, ...]:
        """The modules `numbers` and all that they build on, in an order in which they can be studied."""
        needed: set[int] = set()
        waiting = list(numbers)
        while waiting:
            number = waiting.pop()
            if number not in needed:
                needed.add(number)
                waiting += self.module(number).prerequisites
        order: list[int] = []
        while len(order) < len(needed):
            ready = [n for n in needed if n not in order and set(self.module(n).prerequisites) <= set(order)]
            if not ready:
                raise ValueError(
                    f"modules {sorted(needed - set(order))} require each other; `academy check` shows the cycle"
                )
            order.append(min(ready))
        return tuple(order)

    def modules_for(self, certificate: Certificate, track: Track | None = None) -> tuple[int, ...]:
        """Modules that a certificate asks for, with prerequisites; `track` is the learner's choice of role."""
        named = certificate.modules + (track.modules if certificate.track and track else ())
        return self.with_prerequisites(named)
