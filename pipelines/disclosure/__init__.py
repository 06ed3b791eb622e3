"""Disclosure control: what a publication may show of true counts.

Lives here: rules that take true tables and give tables that may be published. Not here: where they come from
(warehouse) and where they go (publication).
"""
