"""Who must answer now (E1 to E5): levels with their persons and numbers, rotas, call tasks, and what was proven."""
