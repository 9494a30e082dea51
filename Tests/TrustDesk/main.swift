import CommandLine

runTrustCommand()
