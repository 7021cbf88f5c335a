"""Mass outages and planned work: one cause, many cases. Rulings that stand on the verbs of the case."""
