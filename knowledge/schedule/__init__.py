"""Schedule data: contacts, reviews, measures, deadlines, injections, tries, duties."""
