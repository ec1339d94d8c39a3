"""Small good input that fuzzing begins with, made here rather than kept as files."""
