import Channel
import Files
import MediaReader
import Quarantine
import Readings
import Reasons
import RoleMessages

extension ReaderRole {
  /// Reads the medium into the folder that was handed over.
  func copy(_ file: OpenFile, _ question: CopyQuestion) throws(Failure) -> Answer {
    let channel = channel
    do throws(QuarantineError) {
      let folder = try IncomingFolder(
        question.id, OpenFile(owning: RoleTable.Place.incoming), beside: OpenFile(owning: RoleTable.Place.contents))
      let medium = try folder.take(
        file, as: question.source, progress: channel.progress,
        notice: { try? channel.send(.notice, CopyNotice.bytes($0)) })
      let answer = answer(medium)
      // The last word is the answer, and before it that the copy is whole.
      return answer.dropLast() + [(.quarantined, [])] + answer.suffix(1)
    } catch {
      if case .input(let failure) = error { throw failure }
      return [(.stopped, CopyTrouble(error).bytes)]
    }
  }

  private func answer(_ medium: Result<Medium, Failure>) -> Answer {
    do throws(Failure) {
      let (document, objects) = try Reader.reading(of: try medium.get()).serialized()
      return objects.map { (.object, $0) } + [(.reading, document)]
    } catch {
      return [(.failed, FailureMessage.serialized(error))]
    }
  }
}
