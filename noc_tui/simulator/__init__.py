"""A Proxmox look-alike over HTTPS on loopback, for the demo, the tests and the benchmarks."""
