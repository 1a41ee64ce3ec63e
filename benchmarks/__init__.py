"""What the foundation costs: each program measures ours and a bare baseline in turns, in one run.

A number of one machine says little; the ratio to a baseline that ran beside it, on the same machine and in the same
minutes, can be compared. `make bench` runs all of them and writes `docs/performance.md`.
"""
