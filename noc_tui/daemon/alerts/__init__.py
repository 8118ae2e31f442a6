"""The alert loop: inputs collected, rules evaluated, changes recorded."""
