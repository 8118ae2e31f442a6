"""What is wrong and what is handed over: pure rules over stored rows, and their words."""
