"""One kind of check a file. Each has the same three pure functions:

``plan(check, task, lab, seed)``
    the probes whose answers it wants (nothing is run here);
``judge(check, evidence)``
    the verdict on what came back, as a :class:`~grader.model.CheckGrade`;
``same(check, evidence, other)``
    whether somebody else's answers (a misconception's) are these answers.

:mod:`grader.checks.kinds` says which module serves which kind.
"""
