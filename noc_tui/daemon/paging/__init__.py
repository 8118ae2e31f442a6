"""Sending alerts to people: the queue of pages and the webhooks that carry them."""
