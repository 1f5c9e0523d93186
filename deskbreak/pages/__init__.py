"""The pages: statistics, settings, first run and guide, in a short-lived process of their own."""
