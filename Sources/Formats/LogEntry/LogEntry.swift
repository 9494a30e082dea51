// LogEntry
