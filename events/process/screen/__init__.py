"""What an operator sees on a terminal: lines with marks and colours, and how far a long work is."""
