"""Webhooks: who follows the events of the cases from outside, what was sent to them, and how it went."""
