"""The simulated world's state: no HTTP, no clock; time comes in through its `Timeline`."""
