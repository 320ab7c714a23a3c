"""After the evaluation: from public candidates to a contract, and what everybody may know of tenders."""
