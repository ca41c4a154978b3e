"""How exercises are checked: `checks.py` files use `check` and `mistake`; `grade` runs a learner's code and then the
checks.

from grandmodel_sim.grading import check, mistake

@check("The data is split in time order", points=2, step="data")
def _(run):
    run.expect(run["train_end"] < run["test_start"], expected="training ends before testing starts",
               found=f"training ends {run['train_end']}", look="the two file names in step 1")

mistake("The agents were judged on the data they trained on",
        when=lambda run: run.get("test_env") is run.get("env"),
        text="Evaluate on `data/testing/sample_data.csv`, which training never saw.")

An exercise on a World that has a history says where it begins:

begins(datetime(2025, 7, 16, 17, tzinfo=UTC),
       acts=[(datetime(2025, 7, 14, 14, tzinfo=UTC), "submit_order", {"symbol": "ES", "side": "BUY", "quantity": 2})])
"""

from grandmodel_sim.grading.checks import Check, CheckSet, Mistake, begins, check, load_checks, mistake
from grandmodel_sim.grading.grade import grade
from grandmodel_sim.grading.run import CheckFailed, Run

__all__ = ["Check", "CheckFailed", "CheckSet", "Mistake", "Run", "begins", "check", "grade", "load_checks", "mistake"]
