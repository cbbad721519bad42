"""Benchmarks: printed medians and ratios, never a timed test."""
