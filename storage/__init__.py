"""The SQLite file: schema and migrations, typed records by subject, the evidence chain.

All SQL of the project is here. Nothing in it knows what the rows mean to an operator, and nothing
in it imports the product.
"""
