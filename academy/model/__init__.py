"""The course as data: one model for each noun. Files are loaded into these by `academy.content`."""

from academy.model.base import Status, duration_text
from academy.model.case_study import CaseStudies, CaseStudy
from academy.model.certification import Certificate, Certification, Examination
from academy.model.course import Course
from academy.model.delivery import Delivery, DeliveryMethod, Principle
from academy.model.document import CourseDocument
from academy.model.exercise import Exercise, Reflection, SolutionStage, Step
from academy.model.feedback import Feedback, FeedbackForm, FeedbackQuestion
from academy.model.glossary import Glossary, Term
from academy.model.mentoring import Mentoring, MentoringPractice
from academy.model.metrics import Improvement, Metric, Metrics
from academy.model.module import Assessment, Lab, Module, Objective, Topic
from academy.model.page import Heading, Page
from academy.model.question import (
    Choice,
    ChoiceQuestion,
    MultipleQuestion,
    NumericQuestion,
    OrderQuestion,
    OutputQuestion,
    Question,
    QuestionBank,
    SingleQuestion,
)
from academy.model.resources import Resource, Resources, ResourceSection
from academy.model.schedule import Schedule
from academy.model.track import Track, Tracks

__all__ = [
    "Assessment",
    "CaseStudies",
    "CaseStudy",
    "Certificate",
    "Certification",
    "Choice",
    "ChoiceQuestion",
    "Course",
    "CourseDocument",
    "Delivery",
    "DeliveryMethod",
    "Examination",
    "Exercise",
    "Feedback",
    "FeedbackForm",
    "FeedbackQuestion",
    "Glossary",
    "Heading",
    "Improvement",
    "Lab",
    "Mentoring",
    "MentoringPractice",
    "Metric",
    "Metrics",
    "Module",
    "MultipleQuestion",
    "NumericQuestion",
    "Objective",
    "OrderQuestion",
    "OutputQuestion",
    "Page",
    "Principle",
    "Question",
    "QuestionBank",
    "Reflection",
    "Resource",
    "ResourceSection",
    "Resources",
    "Schedule",
    "SingleQuestion",
    "SolutionStage",
    "Status",
    "Step",
    "Term",
    "Topic",
    "Track",
    "Tracks",
    "duration_text",
]
