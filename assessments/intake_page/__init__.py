"""Intake page: its questions, tables, choices, sections and answers, shaped to be shown."""
