"""Networks: their descriptions, inputs, outputs, and where converted models are."""
