// SigstoreBundle
