"""Walks through every page and form: without a tracer, since the tests of each room
measure its pages."""
