// TrustedTime
