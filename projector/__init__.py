"""Events in, memories out: folds the payload log into what is known of each caller."""
