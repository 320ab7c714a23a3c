"""The worker: takes everything that is open in the bureaus' registers on, by itself and across crashes.

A *job* is a kind of work and a number: ``batch 12``, ``act 3``, ``delivery 7``. What is open is read from the
registers' own rows; DBOS carries each pass over a job, so that one that died is done again and none is done twice at
once. docs/jobs.md tells how it works and how to add a kind.
"""

from api.jobs.states import Job, jobs_of

__all__ = ["Job", "jobs_of"]
