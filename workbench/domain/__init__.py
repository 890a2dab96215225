"""Frozen dataclasses and pure functions; knows neither files, SQL, models nor screens."""
