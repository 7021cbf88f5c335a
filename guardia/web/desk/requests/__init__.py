"""A request for the sales or the billing desk, taken down while the customer asks or from what came in writing (A3)."""
