"""What no memory may hold: markup, links, commands to an assistant, claims of rank and of rights."""
