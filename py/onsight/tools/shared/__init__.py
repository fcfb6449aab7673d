"""What all picture tools share: previews and archives."""
