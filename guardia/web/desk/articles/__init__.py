"""The desk's screens of knowledge articles: the list, one article with its editions, its form, those of a case."""
