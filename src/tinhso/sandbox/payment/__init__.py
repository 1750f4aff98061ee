"""A payment gateway with its own payment page: orders, VietQR, callbacks that are repeated, refunds."""
