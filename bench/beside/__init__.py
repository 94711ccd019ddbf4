"""The parts of ``bench/side_by_side.py``: other graders beside ours, on the same notebook."""
