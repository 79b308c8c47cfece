"""Products, doses and waits of each medication as dated, cited lines."""
