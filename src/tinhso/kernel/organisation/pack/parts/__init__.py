"""The three parts of a pack that the organisation itself knows: province, calendar, organisation."""
