"""What several packages of the web need. They import it, and it imports none of them."""
