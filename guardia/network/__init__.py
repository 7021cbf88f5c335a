"""The network behind the services, as data: elements, what depends on what, and what monitoring says of them."""
