"""Source → Document: a clean view with a map back, parts, segments, sentences, and what each part is."""

from extractors.text.clauses import clauses
from extractors.text.prepare import prepare

__all__ = ["clauses", "prepare"]
