"""The steps from a body to a receipt, and how they recover."""
