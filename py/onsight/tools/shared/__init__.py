"""Methods that all picture tools share: previews and archives."""
