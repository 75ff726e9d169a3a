"""What words tell, whatever their form: numbers told in words, letters that are spelled, the stems of a value."""
