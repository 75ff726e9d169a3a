"""What words tell, whatever their form: numbers told in words, letters spelled, stems; and what a fact is called."""
