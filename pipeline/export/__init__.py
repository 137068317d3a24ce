"""The output files of a run: tables, texts, ledger, data package, manifest."""
