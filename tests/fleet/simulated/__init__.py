"""A fleet on one machine: so many cameras as processes with identities of their own, one broker, one Prometheus.

identity (certificates) -> broker, camera (one process each), consumers, scraped (Prometheus) -> stages -> page

``load`` says what more of them need.
"""
