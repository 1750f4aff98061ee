"""Acts on indicators."""
