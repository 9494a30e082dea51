import CommandLine

runCommandLine()
