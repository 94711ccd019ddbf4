"""The trusted side of the wall: what confines a student's kernel, and what watches it.

:class:`~grader.sandbox.room.Sandbox` is the seam; ``bubblewrap`` and ``process`` are what stands
behind it, and both pass one contract suite (``tests/test_sandbox_contract.py``).
"""
