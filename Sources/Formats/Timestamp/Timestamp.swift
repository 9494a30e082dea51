// Timestamp
