"""Ondersteuningsanalyse: from deliveries of schools and gemeenten to figures both sides can trust."""
