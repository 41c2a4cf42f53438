"""Applications from draft to payment: one module for each part of the procedure."""
