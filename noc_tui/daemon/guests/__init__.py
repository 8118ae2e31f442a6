"""Single guests in `nocd`: power orders, and details read on demand."""
