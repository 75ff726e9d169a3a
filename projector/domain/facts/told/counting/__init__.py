"""Which numbers words tell, in the languages whose words of numbers we know, and whatever their script."""
