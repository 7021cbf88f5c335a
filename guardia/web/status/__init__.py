"""The public status page: outages and works that were made public, for anybody, without a customer's name."""
