"""The demo clinics: invented people, made through the actions, days relative to today."""
