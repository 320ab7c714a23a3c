"""What ``make up`` sets up once and keeps running: two bureaus and their service."""
