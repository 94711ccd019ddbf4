"""Marks in the formats of other systems, one format a file.

==============  =======================================================================
``plain``       CSV, for spreadsheets and scripts
``moodle``      Moodle's grading worksheet: fills the file that the teacher exported
``canvas``      Canvas' gradebook: fills the file that the teacher exported
``gradescope``  ``results.json``, one a student
``junit``       JUnit XML: a suite a student, a case a check
``feedback``    a zip of pages, laid out as Moodle takes feedback files back
==============  =======================================================================

All take finished standings (:mod:`grader.standing`), return bytes and write nothing. The same
standings give the same bytes. Where there is no mark none is written: nobody gets a zero for it.
"""
