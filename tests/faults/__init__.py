"""Faults on purpose: what is left when a program is killed in the middle of what it does."""
