"""Verifiers that whoever was handed a file runs without Guardia; they are published beside the log."""
