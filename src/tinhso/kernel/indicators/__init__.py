"""How are we doing against what we promised: indicators, their formulas, observations and targets."""
