"""What a notice says: one entry per moment, the same words in the text part and in the HTML part of a mail."""
