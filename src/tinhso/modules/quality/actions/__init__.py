"""Acts of quality: keeping measures, closing periods, entering points, surveys."""
