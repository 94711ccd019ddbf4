"""The tables of ``grades.sqlite``, each column with what it holds."""

from __future__ import annotations

VERSION = 1

SCHEMA = """
CREATE TABLE IF NOT EXISTS runs (          -- one call of `grade class/` or `grade rejudge class/`
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,                    -- grade | rejudge
    lab TEXT NOT NULL,                     -- whose notebooks were graded; empty where none was
    started TEXT NOT NULL,                 -- ISO 8601, UTC
    finished TEXT,                         -- NULL while it runs, or when it was killed
    options TEXT NOT NULL,                 -- JSON: seed, mode, versions, ...
    lab_digest TEXT NOT NULL               -- sha256 of rubric, handout and reference
);
CREATE TABLE IF NOT EXISTS submissions (   -- one notebook that one student handed in
    id INTEGER PRIMARY KEY,
    student TEXT NOT NULL,
    name TEXT NOT NULL,
    source TEXT NOT NULL,                  -- where it was found
    number INTEGER NOT NULL,               -- attempt number of the student, from 1
    handed_in TEXT,                        -- ISO 8601
    sha256 TEXT,                           -- of the file; NULL where nothing was handed in
    notebook BLOB,                         -- the file itself, to judge it again
    UNIQUE (student, number)
);
CREATE TABLE IF NOT EXISTS attempts (      -- one grading of one submission
    id INTEGER PRIMARY KEY,
    submission INTEGER NOT NULL REFERENCES submissions (id),
    run INTEGER NOT NULL REFERENCES runs (id),
    key TEXT NOT NULL,                     -- digest of all that the grade depends on
    status TEXT NOT NULL,                  -- graded | ungraded | unreadable | missing
    reason TEXT NOT NULL,                  -- why it is not graded; empty otherwise
    points REAL, max_points REAL,          -- as judged, before any penalty or hand-given points
    passed INTEGER, provisional INTEGER,
    grade TEXT,                            -- the grade file, whole (JSON)
    observations TEXT,                     -- name of the observations in the cache
    seconds REAL NOT NULL,                 -- wall time of the grading
    finished TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS attempts_by_key ON attempts (key);
CREATE INDEX IF NOT EXISTS attempts_by_submission ON attempts (submission);
CREATE TABLE IF NOT EXISTS tasks (
    attempt INTEGER NOT NULL REFERENCES attempts (id),
    task TEXT NOT NULL,
    status TEXT NOT NULL,
    points REAL NOT NULL, max_points REAL NOT NULL,
    message TEXT NOT NULL,
    misconception TEXT, follows_from TEXT,
    PRIMARY KEY (attempt, task)
);
CREATE TABLE IF NOT EXISTS checks (
    attempt INTEGER NOT NULL REFERENCES attempts (id),
    task TEXT NOT NULL,
    name TEXT NOT NULL,                    -- the check's id in the rubric
    kind TEXT NOT NULL,
    status TEXT NOT NULL,
    points REAL NOT NULL, max_points REAL NOT NULL,
    message TEXT NOT NULL,
    PRIMARY KEY (attempt, task, name)
);
CREATE VIEW IF NOT EXISTS latest AS        -- the newest attempt at each submission
    SELECT a.* FROM attempts a
    WHERE a.id = (SELECT max(b.id) FROM attempts b WHERE b.submission = a.submission);
"""
