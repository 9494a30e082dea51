// SigningIdentity
