"""The promises of annexe 2, watched: what is looked at by itself, and what people enter."""
