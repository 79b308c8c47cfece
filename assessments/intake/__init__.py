"""The core intake, declared: steps, panels, questions, and when each is asked."""
