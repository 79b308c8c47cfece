"""From a picture and a choice to a drafted plan. Pure: no Django, no clock."""
