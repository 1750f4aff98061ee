"""What the running program says about itself: probes, log, figures, traces, security events."""
