"""Rows of one document as they will stand in the files of a run, made where the document is."""
