"""What is owed when: contacts, reviews, measures, deadlines, injections, tries, duties."""
