"""Every error that the grader raises on purpose, in one tree.

::

    GraderError                 anything below; the command line prints it and exits
    ├── UsageError              exit 2: the caller can mend it
    │   ├── UnreadableNotebook  the submission is no notebook that anyone could read
    │   ├── UnknownLab          no lab of the course fits the notebook, or several do
    │   └── CourseError         a rubric, handout or reference is wrong (all problems at once)
    └── GradingFailed           exit 3: the grader could not do its job, so there is no grade
        ├── SandboxUnavailable  no way to confine the student's code on this machine
        ├── KernelUnavailable   a kernel did not start, through no fault of the student
        ├── ReferenceFailed     the reference solution did not run, so nothing can be compared
        └── DataUnavailable     a data set that the lab needs is broken

What a student did wrong is never here: it is data (:class:`grader.model.Fault`).
Every message says what happened, where, why, and what to do.
"""

from __future__ import annotations


class GraderError(Exception):
    """Base of all errors raised on purpose; ``exit_code`` is the command line's."""

    exit_code = 3


class UsageError(GraderError):
    """Wrong use, or an input that cannot be read: the caller can mend it."""

    exit_code = 2


class UnreadableNotebook(UsageError):
    """The file is missing, empty, or not a notebook."""


class UnknownLab(UsageError):
    """No lab of this course fits the notebook, or more than one does."""


class CourseError(UsageError):
    """A course folder is wrong; the message lists every problem with its file and line."""


class GradingFailed(GraderError):
    """The grader could not do its job: no grade is written, and nobody gets a zero for it."""


class SandboxUnavailable(GradingFailed):
    """The student's code cannot be confined here as asked."""


class KernelUnavailable(GradingFailed):
    """A kernel did not start or did not answer, before any student code ran in it."""


class ReferenceFailed(GradingFailed):
    """The reference solution failed where it must not, so there is nothing to compare with."""


class DataUnavailable(GradingFailed):
    """A data set is broken, and no stand-in may take its place."""
