import FuzzInvariants

@_cdecl("LLVMFuzzerTestOneInput")
func target(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt { fuzz(start, count, .roleMessages) }
