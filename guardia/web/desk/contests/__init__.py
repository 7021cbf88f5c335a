"""`/objeciones/`: what customers object to, and the quality manager's rulings (P7 D)."""
