"""Tests of a service and what they measured."""
