"""What long runs share: what they check before they begin, how they wait for others, and how they are ended."""
