"""What the product expects of data: contracts per delivery, and suites over profiles and publications."""
