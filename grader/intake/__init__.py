"""Takes in a class folder as it comes: which student handed in which notebooks, and when.

Nothing here is run or read as a notebook; what is in archives is copied out file by file, under
names of our own, within limits.
"""

from grader.intake.entries import Attempt, Entry, Intake, Policy, Problem, chosen, lateness
from grader.intake.limits import Limits
from grader.intake.taking import take_in

__all__ = [
    "Attempt",
    "Entry",
    "Intake",
    "Limits",
    "Policy",
    "Problem",
    "chosen",
    "lateness",
    "take_in",
]
