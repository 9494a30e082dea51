import Synchronization
import TPM
import Testing

@Suite struct TPMErrorTests {
  static let messages: [(UInt32, String)] = [
    (0x1DF, "Keys belong to another TPM"),
    (0x9A2, "owner hierarchy has a password"),
    (0x98E, "owner hierarchy has a password"),
    (0x18B, "was cleared or replaced"),
    (0x921, "locked after wrong tries"),
    (0x920, "TPM busy"), (0x922, "TPM busy"), (0x923, "TPM busy"), (0x908, "TPM busy"),
    (0x902, "handle leak"), (0x903, "handle leak"),
    (0x101, "TPM failure mode. Power off fully."),
    (0x100, "not started by the firmware"),
    (0x14B, "no room to keep another key"),
    // The same through a resource manager, which sets its layer.
    (0x000B_0922, "TPM busy"),
    (0x000A_000A, "does not answer"),
    // A code of ESAPI itself is not the TPM's code of the same number.
    (0x0007_0101, "The TPM refused"),
    (0x1C4, "The TPM refused"),
  ]

  @Test(arguments: messages) func codesBecomeWords(_ code: UInt32, _ words: String) {
    #expect(TPMError.message(for: code).contains(words), "\(TPMError.message(for: code))")
  }

  @Test func unknownCodesKeepTheirOwnWords() {
    // TPM_RC_VALUE of parameter 1.
    #expect(TPMError.message(for: 0x1C4).contains("value is out of range"))
  }

  // MARK: Patience

  private final class Watch: Sendable {
    let pauses = Mutex<[Duration]>([])
    var patience: Patience { Patience { [self] time in pauses.withLock { $0.append(time) } } }
  }

  static let passing: [(UInt32, Duration)] = [
    (0x922, .milliseconds(20)), (0x908, .milliseconds(20)), (0x90A, .milliseconds(20)),
    (0x920, .seconds(1)), (0x923, .seconds(1)),
  ]

  @Test(arguments: passing) func waitsForABusyTPM(_ code: UInt32, _ pause: Duration) throws {
    let watch = Watch()
    var answers: [UInt32] = [code, code, code, 0]
    try watch.patience.run("test") { answers.removeFirst() }
    #expect(answers.isEmpty)
    #expect(watch.pauses.withLock { $0 } == [pause, pause * 2, pause * 4])
  }

  @Test func waitsNoLongerThanThirtySecondsAtATime() throws {
    let watch = Watch()
    var tries = 0
    let error = #expect(throws: TPMError.self) {
      try watch.patience.run("test") {
        tries += 1
        return 0x920
      }
    }
    #expect(error?.code == 0x920)
    #expect(tries == Patience.tries)
    #expect(watch.pauses.withLock { $0 } == [1, 2, 4, 8, 16, 30].map { .seconds($0) })
  }

  /// Lockout, a leak and a transport that broke do not get better by asking again.
  @Test(arguments: [0x921, 0x902, 0x1DF, 0x000A_000A, 0x0007_0922] as [UInt32])
  func doesNotWaitInVain(_ code: UInt32) {
    let watch = Watch()
    var tries = 0
    let error = #expect(throws: TPMError.self) {
      try watch.patience.run("test") {
        tries += 1
        return code
      }
    }
    #expect(error?.code == code)
    #expect(tries == 1)
    #expect(watch.pauses.withLock { $0 }.isEmpty)
  }
}
