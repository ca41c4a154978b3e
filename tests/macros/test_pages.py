"""What the macros write: everything that the curriculum says, with links that lead somewhere."""

from __future__ import annotations

import lxml.html
import pytest
import yaml
from markdown import Markdown

from academy import paths
from academy.markdown.katex import KATEX
from academy.model.base import duration_text
from academy.model.course import Course
from macros.site import PageMissing, Site

MODULES = range(1, 10)


def text_of(html: str) -> str:
    converted = Markdown(extensions=["attr_list", "md_in_html"]).convert(html)
    return " ".join(lxml.html.fromstring(f"<article>{converted}</article>").text_content().split())


@pytest.mark.parametrize("number", MODULES)
def test_a_module_page_says_all_that_the_curriculum_says(site: Site, course: Course, number: int) -> None:
    module = course.module(number)
    text = text_of(site.macros["module_overview"](number))
    said = [module.title, module.format, module.audience, module.owner, duration_text(module.minutes)]
    said += [objective.text for objective in module.objectives]
    for topic in module.outline:
        said += [topic.title, f"{topic.minutes} min", *topic.points]
    said += [lab.title for lab in module.labs]
    assert [one for one in said if one not in text] == []


@pytest.mark.parametrize("number", MODULES)
def test_what_is_planned_is_labelled_and_not_linked(site: Site, course: Course, number: int) -> None:
    html = site.macros["module_overview"](number)
    page = lxml.html.fragment_fromstring(html, create_parent="div")
    for topic in course.module(number).outline:
        (row,) = page.xpath(f".//li[@data-topic='{topic.id}']")
        assert ("Planned" in row.text_content()) == (topic.path not in course.pages)
        assert bool(row.xpath(".//a")) == (topic.path in course.pages)


def test_a_track_page_lists_its_modules_in_order(site: Site, course: Course) -> None:
    for track in course.tracks:
        page = lxml.html.fragment_fromstring(site.macros["track_page"](track.id), create_parent="div")
        assert tuple(int(row.get("data-module")) for row in page.xpath(".//li[@data-module]")) == track.modules


def test_the_certification_page_states_marks_and_validity(site: Site, course: Course) -> None:
    text = text_of(site.macros["certification_page"]())
    for certificate in course.certificates:
        assert f"{certificate.pass_mark} %" in text
        assert f"{certificate.validity_months} months" in text
        assert [one for one in certificate.requirements if one not in text] == []
        assert certificate.renewal in text


def test_the_schedule_has_ten_days_twelve_months_four_quarters(site: Site) -> None:
    page = lxml.html.fragment_fromstring(site.macros["schedule_page"](), create_parent="div")
    weeks = page.xpath(".//table[contains(@class, 'gm-week')]")
    assert [sum(int(cell.get("colspan")) for cell in week.xpath(".//td")) for week in weeks] == [5, 5]
    months, quarters = page.xpath(".//table[not(contains(@class, 'gm-week'))]")
    assert len(months.xpath(".//tbody/tr")) == 12
    assert len(quarters.xpath(".//tbody/tr")) == 4
    assert "240 minutes" in page.text_content() and "120 minutes" in page.text_content()


@pytest.mark.skipif(not KATEX.is_file(), reason="definitions hold formulas, and there is no node_modules here")
def test_every_term_has_an_anchor_and_its_link_goes_there(site: Site, course: Course) -> None:
    page = lxml.html.fragment_fromstring(site.macros["glossary_page"](), create_parent="div")
    anchors = page.xpath(".//dt/@id")
    assert sorted(anchors) == sorted(term.anchor for term in course.glossary.terms)
    first = course.glossary.terms[0]
    assert f'href="../../glossary/#{first.anchor}"' in site.macros["term"](first.term)


def test_case_studies_are_marked_as_reported(site: Site, course: Course) -> None:
    text = text_of(site.macros["case_studies_page"]())
    reported = [study for study in course.case_studies.studies if study.evidence == "reported"]
    assert text.count("Reported, not verified") == len(reported) > 0


def test_a_lab_is_complete_without_script(site: Site, course: Course) -> None:
    for exercise in course.exercises.values():
        page = lxml.html.fragment_fromstring(site.macros["lab"](exercise.id), create_parent="div")
        assert page.xpath(".//section[@class='gm-step']/@data-step") == [step.id for step in exercise.steps]
        assert len(page.xpath(".//details[@class='gm-hint']")) == sum(len(step.hints) for step in exercise.steps)
        assert page.xpath(".//*[@data-question]/@data-question") == [one.id for one in exercise.reflection]
        code = page.xpath(".//*[contains(@class, 'gm-lab-editor')]//code")[0].text_content()
        assert code.strip() == exercise.files["starter.py"].strip()
    with pytest.raises(KeyError, match=r"there is no exercise 99\.9"):
        site.macros["lab"]("99.9")


def test_a_link_to_a_page_that_is_not_there_names_both_pages(site: Site) -> None:
    with pytest.raises(PageMissing, match=r"tracks/operations\.md: a macro links to docs/nowhere\.md"):
        site.link("nowhere.md")


def test_links_are_relative_so_that_the_site_works_under_any_path(site: Site) -> None:
    assert site.link("index.md") == "../../"
    assert site.link("map.md") == "../../map/"
    assert site.link("tracks/index.md") == "../"
    assert site.link("tracks/operations.md", "x") == "./#x"


def test_generated_pages_link_to_the_file_they_are_made_from(course: Course) -> None:
    for path in course.pages:
        front = yaml.safe_load((paths.DOCS / path).read_text(encoding="utf-8").split("---")[1])
        assert front.get("description"), f"docs/{path} has no description"
        if "edit" in front:
            assert (paths.ROOT / front["edit"]).is_file(), f"docs/{path} names {front['edit']}"
    for module in course.modules:
        front = yaml.safe_load((paths.DOCS / module.path).read_text(encoding="utf-8").split("---")[1])
        assert front["title"] == module.title
        assert front["edit"] == module.source
