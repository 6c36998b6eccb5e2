"""Recruitment: editions, the register of JST, calls, applications, training, the roster."""
