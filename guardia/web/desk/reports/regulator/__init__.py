"""The regulator's interruptions: which columns its form asks for is the operator's data, a file; the rows are ours."""
