"""Care as the record has it: states, marks of change, measures, the calendar."""
