"""Knowledge articles: short texts on how a fault is known and solved, in editions; for the desk, some for customers."""
