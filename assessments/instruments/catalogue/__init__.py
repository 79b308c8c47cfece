"""One module an instrument; the registry finds it by its INSTRUMENT."""
