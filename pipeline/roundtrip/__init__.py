"""A ledger that people changed in Excel, taken back into the store: decisions, corrections and follow-up."""
