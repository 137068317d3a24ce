"""The document of the self-test, with the rows that it must give."""
