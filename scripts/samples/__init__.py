"""Lists and tenders that belong to nobody, for demo, tests, pictures and benchmarks."""
