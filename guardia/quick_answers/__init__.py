"""Quick answers: texts that the desk inserts while it writes about a case, in editions, counted where they are sent."""
