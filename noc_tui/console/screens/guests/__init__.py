"""The guest list, a guest's page, and its power orders."""
