"""What Guardia holds on a person: taken out, erased, and kept no longer than its kind needs; holds that say not yet."""
