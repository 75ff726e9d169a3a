"""Whether a statement has its proof in the call: pure, one statement after the other, over the answer as it came."""
