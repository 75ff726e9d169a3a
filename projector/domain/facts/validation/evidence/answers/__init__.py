"""What an answer does to what it answers: it takes an offer, grants what was asked, takes it back, or does neither."""
