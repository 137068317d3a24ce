"""Keeping an installation: backup and restore, upgrade, the removal of a document for good."""
