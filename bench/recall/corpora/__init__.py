"""The conversations that search is measured on, and what is asked about them: made-up phone calls, and LoCoMo."""
