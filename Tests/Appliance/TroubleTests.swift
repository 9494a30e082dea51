import Files
import Glibc
import Ledger
import Quarantine
import RoleMessages
import Roles
import Store
import TestSupport
import Testing

@testable import CommandLine
@testable import TPM

/// What keeps the machine from its work has a name, and says what to do, once.
@Suite struct TroubleTests {
  @Test(arguments: [
    (FileError("write", code: ENOSPC) as any Error & Sendable, "disk.full: ", "quarantine gc"),
    (FileError("write", code: EDQUOT), "disk.full: ", "quarantine gc"),
    (FileError("create", code: EROFS), "disk.read-only: ", "for writing"),
    (CopyTrouble(.noSpace(needed: 2, available: 1)), "disk.full: ", "quarantine gc"),
    (CopyTrouble(.file("blobs", FileError("write", code: ENOSPC))), "disk.full: ", "quarantine gc"),
    (CopyTrouble(.file("blobs", FileError("create", code: EROFS))), "disk.read-only: ", "for writing"),
    (OutputTrouble.of("r/x.json", FileError("write", code: ENOSPC)), "disk.full: r/x.json: ", "another place"),
    (StoreError.ledger(.storage(path: "x", .full)), "disk.full: ", "Free some space"),
    (StoreError.tpm(TPMError(.stateDiskFull, "x", "Free some space.")), "disk.full: ", "Free some space"),
    (StoreError.ledger(.storage(path: "x", .readOnly)), "disk.read-only: ", "Remount"),
  ]) func itSaysWhatToDo(_ error: any Error & Sendable, _ name: String, _ advice: String) {
    let words = Voice.trouble(error)
    #expect(words.hasPrefix(name) && words.contains(advice), "\(words)")
    #expect(words.contains("\n") == !(error is StoreError), "\(words)")
  }

  @Test(arguments: [
    FileError("open", code: ENOENT) as any Error & Sendable, CopyTrouble(.file("blobs", FileError("write", code: EIO))),
    CopyTrouble(.held(by: 1)),
  ]) func otherErrorsHaveNoName(_ error: any Error & Sendable) { #expect(Trouble(error) == nil) }
}
