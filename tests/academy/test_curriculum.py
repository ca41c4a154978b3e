"""The curriculum holds every number and every title of the programme that it was written from."""

from __future__ import annotations

from datetime import date

import pytest

from academy.content import check, load_course
from academy.model import Course


@pytest.fixture(scope="module")
def academy() -> Course:
    return load_course()


def test_the_check_finds_nothing_to_mend() -> None:
    assert [str(problem) for problem in check().problems] == []


def test_nine_modules_with_the_programmes_hours_levels_and_prerequisites(academy: Course) -> None:
    assert [(m.number, m.title, m.minutes / 60, m.level, m.prerequisites, m.audience) for m in academy.modules] == [
        (1, "System Architecture Overview", 3, "foundation", (), "All team members"),
        (2, "MARL Fundamentals", 4, "foundation", (1,), "Technical team members"),
        (3, "Development Environment Setup", 2, "track", (1, 2), "Developers"),
        (4, "Agent Development", 6, "track", (3,), "ML engineers, AI developers"),
        (5, "System Operations", 4, "track", (1,), "Operations team, SREs"),
        (6, "Security Operations", 3, "track", (5,), "Security team, operations staff"),
        (7, "Trading System Operations", 4, "track", (1,), "Traders, portfolio managers"),
        (8, "System Architecture Deep Dive", 6, "advanced", (1, 2), "Senior technical staff"),
        (9, "Advanced Troubleshooting", 4, "advanced", (5,), "Senior operations staff"),
    ]


def test_outlines_have_the_programmes_minutes_and_points(academy: Course) -> None:
    assert [[topic.minutes for topic in module.topics] for module in academy.modules] == [
        [30, 45, 30, 30, 45],
        [45, 60, 45, 45, 45],
        [45, 30, 30, 15],
        [90, 120, 90, 60],
        [60, 60, 90, 30],
        [45, 60, 45, 30],
        [45, 60, 90, 45],
        [90, 120, 90, 60],
        [60, 60, 90, 30],
    ]
    assert [[len(topic.points) for topic in module.topics] for module in academy.modules] == [
        [3, 5, 3, 3, 3],
        [3, 4, 4, 4, 4],
        *[[4, 4, 4, 4]] * 7,
    ]


def test_each_module_has_four_objectives_a_lab_and_an_assessment(academy: Course) -> None:
    assert [len(module.objectives) for module in academy.modules] == [4] * 9
    assert [(lab.id, lab.minutes, lab.environment) for lab in academy.labs] == [
        ("1.1", 30, "Development cluster"),
        ("2.1", 45, "Training cluster"),
        ("3.1", 45, None),
        ("4.1", 120, None),
        ("5.1", 90, None),
        ("6.1", 60, None),
        ("7.1", 120, None),
        ("8.1", 120, None),
        ("9.1", 120, None),
    ]
    assert [module.assessment.kind for module in academy.modules] == ["quiz", *["practical"] * 8]
    assert academy.module(1).assessment.pass_mark == 80


def test_a_track_is_the_foundation_and_then_the_modules_of_the_role(academy: Course) -> None:
    assert {track.id: track.modules for track in academy.tracks} == {
        "development": (1, 2, 3, 4),
        "operations": (1, 2, 5, 6),
        "trading": (1, 2, 7),
    }
    assert [academy.accent(module) for module in academy.modules] == [
        *["foundation"] * 2,
        *["development"] * 2,
        *["operations"] * 2,
        "trading",
        *["advanced"] * 2,
    ]


def test_certificates_have_their_marks_validity_and_modules(academy: Course) -> None:
    assert [(c.id, c.pass_mark, c.validity_months, c.requires) for c in academy.certificates] == [
        ("foundation", 80, 12, None),
        ("specialist", 85, 18, "foundation"),
        ("expert", 90, 24, "specialist"),
    ]
    assert academy.modules_for(academy.certificate("foundation")) == (1, 2)
    assert academy.modules_for(academy.certificate("specialist"), academy.track("trading")) == (1, 2, 7)
    assert academy.modules_for(academy.certificate("expert")) == (1, 2, 5, 8, 9)


def test_the_calendar_is_two_weeks_twelve_months_and_four_quarters(academy: Course) -> None:
    schedule = academy.schedule
    assert (schedule.new_hire.hours, len(schedule.new_hire.weeks)) == (80, 2)
    assert [[day for entry in week.plan for day in entry.days] for week in schedule.new_hire.weeks] == [
        [1, 2, 3, 4, 5],
        [1, 2, 3, 4, 5],
    ]
    assert [session.month for session in schedule.monthly.sessions] == list(range(1, 13))
    assert (schedule.monthly.duration, schedule.refreshers.duration) == (240, 120)
    assert len(schedule.refreshers.sessions) == 4


def test_the_document_has_its_own_dates_and_those_of_the_programme_beside_them(academy: Course) -> None:
    document, source = academy.document, academy.document.source
    assert (document.owner, document.next_review) == ("Documentation and Training", date(2027, 5, 22))
    assert source is not None
    assert (source.version, source.owner) == ("1.0", "Documentation & Training Agent (Agent 9)")
    assert (source.last_updated, source.next_review) == (date(2025, 7, 17), date(2025, 7, 24))


def test_week_2_keeps_the_programmes_words_and_says_how_they_are_read(academy: Course) -> None:
    entry = academy.schedule.new_hire.weeks[1].plan[0]
    assert entry.title == "Role-specific modules (3-4 modules)"
    assert entry.note == "The three to four include the foundation modules 1 and 2, taken in week 1."
    assert {len(track.modules) for track in academy.tracks} == {3, 4}


def test_mentorship_resources_lead_to_the_mentoring_page(academy: Course) -> None:
    mentorship = next(section for section in academy.resources.sections if section.id == "mentorship")
    assert {resource.page for resource in mentorship.resources} == {"mentoring.md"}


def test_case_studies_say_that_they_are_reported(academy: Course) -> None:
    assert [study.evidence for study in academy.case_studies.studies] == ["reported"] * 3


def test_the_rest_of_the_programme_is_there(academy: Course) -> None:
    assert [method.id for method in academy.delivery.methods] == ["workshops", "labs", "self-paced", "mentorship"]
    assert len(academy.delivery.philosophy) == 4
    assert [section.id for section in academy.resources.sections] == [
        "documentation",
        "platform",
        "mentorship",
        "external",
    ]
    assert all(len(section.resources) == 4 for section in academy.resources.sections)
    assert len(academy.metrics.metrics) == len(academy.metrics.improvement) == 4
    assert len(academy.feedback.forms) == len(academy.mentoring.practices) == 4
    assert len(academy.glossary.terms) >= 60
