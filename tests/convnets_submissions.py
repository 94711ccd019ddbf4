"""Submissions to the convnets lab: :func:`styles` are right, :func:`faults` have one fault each."""

from convnets_faults import faults
from convnets_filling import Notebook, Variant, language_of, read_handout, submission, write
from convnets_styles import styles

__all__ = [
    "Notebook",
    "Variant",
    "faults",
    "language_of",
    "read_handout",
    "styles",
    "submission",
    "write",
]
