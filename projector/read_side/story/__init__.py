"""What is known of one caller as a story: what each call taught, as lines and as a page for a browser."""
