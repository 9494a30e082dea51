import Channel
import Files
import MediaReader
import Quarantine
import Reasons
import RoleMessages

/// The reader's side of what lies on a stick with several archives, and beside them.
extension ReaderRole {
  /// Names everything, reads nothing of archives, and hands on the Sigstore bundles.
  func survey(_ file: OpenFile, _ source: MediaSource) throws(Failure) -> Answer {
    var step: UInt64 = 0
    // Large sticks are slow: each name and each file is a sign of life.
    func goesOn() {
      step += 1
      channel.progress(step, nil)
    }
    let survey = try Survey(file, as: source) { _ in goesOn() }
    var answer: Answer = []
    var room = (bytes: LooseBundles.mostBytes, count: LooseBundles.most)
    for item in survey.items {
      let (kind, documents) = surveyed(item, on: file, leaving: &room)
      goesOn()
      answer.append((.item, SurveyedItem(path: item.path, kind: kind).bytes))
      answer += documents.map { (.object, $0) }
    }
    return answer + [(.surveyed, [])]
  }

  private func surveyed(
    _ item: Survey.Item, on medium: OpenFile, leaving room: inout (bytes: Int, count: Int)
  ) -> (SurveyedItem.Kind, [[UInt8]]) {
    switch item.kind {
    case .archive: return (.archive, [])
    case .trustBundle: return (.trustBundle, [])
    case .other(let why): return (.other(why), [])
    case .unseen(let why): return (.unseen(why), [])
    case .sigstoreBundle:
      // One that does not read costs itself alone: nobody named it.
      do throws(LooseBundles.Unfit) {
        let excess = LooseBundles.Unfit(words: "is more than what is taken of Sigstore bundles beside archives")
        let file = try opened(item, on: medium)
        // Not read for nothing.
        let size = (try? file.status().size) ?? 0
        guard room.count > 0, size <= room.bytes || size > LooseBundles.mostBytes else { throw excess }
        let documents = try LooseBundles.documents(in: file)
        let bytes = documents.reduce(0) { $0 + $1.count }
        guard bytes <= room.bytes, documents.count <= room.count else { throw excess }
        room = (room.bytes - bytes, room.count - documents.count)
        return (.sigstoreBundles(documents.count), documents)
      } catch { return (error.isEmpty ? .other(error.words) : .unseen(error.words), []) }
    }
  }

  private func opened(_ item: Survey.Item, on medium: OpenFile) throws(LooseBundles.Unfit) -> OpenFile {
    do throws(FileError) { return try Directory(medium).file(at: item.path) } catch {
      throw LooseBundles.Unfit(words: "cannot be read: \(error)")
    }
  }

  /// The Sigstore bundles in the one file that was handed over.
  func loose(_ file: OpenFile) -> Answer {
    do throws(LooseBundles.Unfit) {
      let documents = try LooseBundles.documents(in: file)
      return [(.item, SurveyedItem(path: [], kind: .sigstoreBundles(documents.count)).bytes)]
        + documents.map { (.object, $0) } + [(.surveyed, [])]
    } catch {
      return [(.item, SurveyedItem(path: [], kind: .unseen(error.words)).bytes), (.surveyed, [])]
    }
  }
}
