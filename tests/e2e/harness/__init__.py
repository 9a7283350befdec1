"""What end-to-end stories stand on: real servers on free loopback ports, real clients, and peers that misbehave on order."""
