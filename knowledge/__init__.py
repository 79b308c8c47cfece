"""Clinical, regulatory and scheduling knowledge: TOML data and its typed readers. Pure."""
