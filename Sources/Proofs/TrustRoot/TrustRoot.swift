// TrustRoot
